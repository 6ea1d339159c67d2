/// Where a ZeroMQ socket waits: `tcp://HOST:PORT`, port 0 for any free one, or `ipc://PATH`.
struct ListenAddress: Hashable, Sendable {
  let transport: ExecutionSpec.Transport

  static let accepted = "tcp://HOST:PORT (port 0: any free one), or ipc://PATH of fewer than 100 bytes"

  /// `nil` when `text` is no such endpoint.
  init?(_ text: String) {
    if text.hasPrefix("tcp://") {
      let parts = text.dropFirst("tcp://".count).split(separator: ":", omittingEmptySubsequences: false)
      guard parts.count >= 2, let port = parts.last, UInt16(port) != nil,
        parts.dropLast().joined(separator: ":").contains(where: { $0 != ":" && $0 != " " })
      else { return nil }
      transport = .tcp
    } else if text.hasPrefix("ipc://") {
      let path = text.dropFirst("ipc://".count)
      guard !path.isEmpty, path.utf8.count < 100 else { return nil }  // sockaddr_un holds 108 bytes
      transport = .ipc
    } else {
      return nil
    }
  }
}
