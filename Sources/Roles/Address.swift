import Coordination
import Failures
import Glibc
import ZeroMQ

/// Where a server listens so that the others can reach it.
package enum Address {
  /// On the coordinator's transport: beside its socket, in its process, or on the address of this host that leads
  /// toward it, at a port that the system chooses.
  static func listening(for member: Member, toward coordinator: ZeroMQ.Endpoint) throws -> ZeroMQ.Endpoint {
    // Each life has its own: the socket of the one before may not be gone yet.
    let life = String(UInt32.random(in: 0...UInt32.max), radix: 36)
    switch coordinator.kind {
    case .ipc(let path):
      let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
      return try ZeroMQ.Endpoint(.ipc(path: "\(folder)s\(member.rank)-\(life)"))
    case .inproc(let name): return try ZeroMQ.Endpoint(.inproc(name: "\(name)-\(member.role)-\(member.rank)-\(life)"))
    case .tcp(let host, let port): return try ZeroMQ.Endpoint(address: own(toward: host, port: port), port: 0)
    }
  }

  /// What others are told: "all addresses" becomes the one of this host that leads toward the coordinator.
  static func published(_ endpoint: ZeroMQ.Endpoint, toward coordinator: ZeroMQ.Endpoint) throws -> ZeroMQ.Endpoint {
    guard case .tcp("0.0.0.0", let port) = endpoint.kind, case .tcp(let host, let there) = coordinator.kind else {
      return endpoint
    }
    return try ZeroMQ.Endpoint(address: own(toward: host, port: there), port: port)
  }

  /// This host's address on the way to `host`, found without sending anything: a datagram socket is "connected" and
  /// asked for its own name. IPv6 without brackets.
  package static func own(toward host: String, port: UInt16) throws -> String {
    let name = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
    var hints = unsafe addrinfo()
    unsafe hints.ai_socktype = Int32(SOCK_DGRAM.rawValue)
    var found: UnsafeMutablePointer<addrinfo>?
    guard unsafe getaddrinfo(name, String(port), &hints, &found) == 0, let info = unsafe found?.pointee else {
      throw RunError(ExitCode.unavailable, "the coordinator's host \(host) has no address")
    }
    defer { unsafe freeaddrinfo(found) }
    let descriptor = unsafe socket(info.ai_family, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    var text = [CChar](repeating: 0, count: 256)
    let isNamed = unsafe withUnsafeMutablePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { own in
        unsafe connect(descriptor, info.ai_addr, info.ai_addrlen) == 0 && getsockname(descriptor, own, &length) == 0
          && getnameinfo(own, length, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST) == 0
      }
    }
    guard isNamed else {
      throw RunError(ExitCode.unavailable, "no network leads to the coordinator's host \(host)")
    }
    return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
