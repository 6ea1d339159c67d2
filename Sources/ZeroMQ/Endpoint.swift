/// An address in libzmq's notation: `tcp://host:port`, `ipc://path` or `inproc://name`.
package struct Endpoint: Hashable, Sendable, CustomStringConvertible {
  package enum Kind: Hashable, Sendable {
    /// Between hosts. Port 0 lets the system choose when listening.
    case tcp(host: String, port: UInt16)
    /// Between processes on one host, through a socket file.
    case ipc(path: String)
    /// Between threads that share a `Context`.
    case inproc(name: String)
  }

  package let kind: Kind

  package init(_ kind: Kind) throws(EndpointError) {
    self.kind = kind
    switch kind {
    case .tcp(let host, _):
      guard !host.isEmpty else { throw EndpointError(text: description, rule: "needs a host before the port") }
    case .ipc(let path):
      // The system's limit is 107 bytes; the margin allows a caller to append to the path.
      guard (1..<100).contains(path.utf8.count) else {
        throw EndpointError(text: description, rule: "needs a path of 1 to 99 bytes, not \(path.utf8.count)")
      }
    case .inproc(let name):
      guard (1..<256).contains(name.utf8.count) else {
        throw EndpointError(text: description, rule: "needs a name of 1 to 255 bytes, not \(name.utf8.count)")
      }
    }
    guard !description.utf8.contains(0) else { throw EndpointError(text: description, rule: "must not contain NUL") }
  }

  package init(_ text: String) throws(EndpointError) {
    if let address = text.dropping("tcp://") {
      guard let colon = address.lastIndex(of: ":"), let port = UInt16(address[colon...].dropFirst()) else {
        throw EndpointError(text: text, rule: "needs a port from 0 to 65535 after the host")
      }
      try self.init(.tcp(host: String(address[..<colon]), port: port))
    } else if let path = text.dropping("ipc://") {
      try self.init(.ipc(path: path))
    } else if let name = text.dropping("inproc://") {
      try self.init(.inproc(name: name))
    } else {
      throw EndpointError(text: text, rule: "must begin with tcp://, ipc:// or inproc://")
    }
  }

  /// - Parameter address: an IP address or a name; IPv6 may have its brackets.
  package init(address: String, port: UInt16) throws(EndpointError) {
    try self.init(.tcp(host: address.contains(":") && !address.hasPrefix("[") ? "[\(address)]" : address, port: port))
  }

  /// The same host at another port; `nil` for what is not TCP.
  package func with(port: UInt16) -> Endpoint? {
    guard case .tcp(let host, _) = kind else { return nil }
    return try? Endpoint(.tcp(host: host, port: port))
  }

  /// `nil` for what is not TCP.
  package var port: UInt16? {
    guard case .tcp(_, let port) = kind else { return nil }
    return port
  }

  /// Whether its host is an IPv6 address, a name, or every address of this machine. IPv4 addresses keep their form where
  /// this is false.
  package var mayBeIPv6: Bool {
    guard case .tcp(let host, _) = kind else { return false }
    return !host.utf8.allSatisfy { $0 == UInt8(ascii: ".") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
  }

  package var description: String {
    switch kind {
    case .tcp(let host, let port): "tcp://\(host):\(port)"
    case .ipc(let path): "ipc://\(path)"
    case .inproc(let name): "inproc://\(name)"
    }
  }
}

/// A string that is not an endpoint, and the rule it violates.
package struct EndpointError: Error, Hashable, CustomStringConvertible {
  package let text: String
  package let rule: String
  package var description: String { "endpoint \"\(text)\" \(rule)" }
}

extension String {
  fileprivate func dropping(_ prefix: String) -> String? {
    hasPrefix(prefix) ? String(dropFirst(prefix.count)) : nil
  }
}
