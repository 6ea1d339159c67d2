/// Where the coordinator waits for members that are started by hand.
struct ListenAddress: Hashable, Sendable {
  let transport: ExecutionSpec.Transport

  static let accepted =
    "tcp://ADDRESS:PORT (an IPv4 address of this machine or 0.0.0.0; port 0 for any free one), "
    + "or ipc:///PATH of fewer than 80 bytes"

  /// `nil` when `text` is no such address.
  init?(_ text: String) {
    if text.hasPrefix("tcp://") {
      let parts = text.dropFirst("tcp://".count).split(separator: ":", omittingEmptySubsequences: false)
      guard parts.count == 2, Self.isIPv4(parts[0]), UInt16(parts[1]) != nil else { return nil }
      transport = .tcp
    } else if text.hasPrefix("ipc:///") {
      // The system's limit is 107 bytes; servers listen beside this path.
      guard text.utf8.count < "ipc://".utf8.count + 80 else { return nil }
      transport = .ipc
    } else {
      return nil
    }
  }

  private static func isIPv4(_ host: Substring) -> Bool {
    let octets = host.split(separator: ".", omittingEmptySubsequences: false)
    return octets.count == 4 && octets.allSatisfy { UInt8($0) != nil }
  }
}
