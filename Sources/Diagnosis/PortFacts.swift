import Failures
package import Hosting
import ZeroMQ

/// Whether a process can listen at an address of this machine, at a port that the system chooses.
package struct PortFacts: Hashable, Sendable {
  /// Of the interface.
  let name: String
  let address: String
  /// Why not; `nil` if it can.
  let failure: String?

  package init(name: String, address: String, failure: String?) {
    (self.name, self.address, self.failure) = (name, address, failure)
  }

  /// Listens there for a moment.
  package init(at interface: NetworkAddresses.Interface) {
    var failure: String?
    do {
      let endpoint = try ZeroMQ.Endpoint(address: interface.address, port: 0)
      let socket = try Socket(.router, in: Context())
      if endpoint.mayBeIPv6 { try socket.set(.bothInternetProtocols) }
      _ = try socket.bind(to: endpoint)
    } catch { failure = "\(error)" }
    self.init(name: interface.name, address: interface.address, failure: failure)
  }

  package static func findings(_ all: [PortFacts]) -> [Finding] {
    let findings = all.map(\.finding)
    guard !all.contains(where: { $0.name != loopback.name }) else { return findings }
    return findings + [
      .warning(
        "ports", "no address by which other machines reach this one",
        advice: "Bring a network interface up if several machines are to train together.")
    ]
  }

  package static let loopback = NetworkAddresses.Interface(name: "lo", address: "127.0.0.1")

  private var finding: Finding {
    guard let failure else { return .ok("port at \(address)", "can listen, on \(name)") }
    return .problem(
      "port at \(address)", failure,
      advice:
        "Bring the interface up, or let the container or firewall allow it: servers and the coordinator listen there.")
  }
}
