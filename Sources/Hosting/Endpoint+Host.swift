package import ZeroMQ

extension ZeroMQ.Endpoint {
  /// The same host at another port; `nil` for what is not TCP.
  package func with(port: UInt16) -> ZeroMQ.Endpoint? {
    guard case .tcp(let host, _) = kind else { return nil }
    return try? ZeroMQ.Endpoint(.tcp(host: host, port: port))
  }

  package var port: UInt16? {
    guard case .tcp(_, let port) = kind else { return nil }
    return port
  }
}
