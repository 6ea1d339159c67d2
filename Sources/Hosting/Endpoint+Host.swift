import Coordination
import Failures
import Foundation
package import ZeroMQ

extension ZeroMQ.Endpoint {
  /// Whether only processes of this machine reach it.
  package var isLoopback: Bool {
    guard case .tcp(let host, _) = kind else { return false }
    return Loopback.contains(host.trimmingCharacters(in: CharacterSet(charactersIn: "[]"))) || host == "localhost"
  }

  /// As others reach it: the addresses of this machine in place of "all addresses".
  package var reachable: [ZeroMQ.Endpoint] { reachable(at: NetworkAddresses.reachable(NetworkAddresses.all())) }

  /// As others reach it: the addresses that `choice` selects in place of "all addresses".
  func reachable(over choice: InterfaceChoice?) throws(UsageError) -> [ZeroMQ.Endpoint] {
    guard let choice else { return reachable }
    return reachable(at: try choice.select(from: NetworkAddresses.all()).map(\.address))
  }

  private func reachable(at addresses: [String]) -> [ZeroMQ.Endpoint] {
    guard case .tcp(let host, let port) = kind, ["0.0.0.0", "*", "[::]"].contains(host) else { return [self] }
    let addresses = addresses.filter { host != "0.0.0.0" || !$0.contains(":") }
    let found = addresses.compactMap { address in
      try? ZeroMQ.Endpoint(address: address, port: port)
    }
    return found.isEmpty ? [with(host: "127.0.0.1") ?? self] : found
  }

  private func with(host: String) -> ZeroMQ.Endpoint? {
    port.flatMap { try? ZeroMQ.Endpoint(.tcp(host: host, port: $0)) }
  }
}
