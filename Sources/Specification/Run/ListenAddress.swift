import Glibc

/// Where the coordinator waits for members that are started by hand.
struct ListenAddress: Hashable, Sendable {
  let transport: ExecutionSpec.Transport

  static let accepted =
    "tcp://ADDRESS:PORT (an address of this machine, 0.0.0.0, or [::] for IPv4 and IPv6; port 0 for any free one), "
    + "or ipc:///PATH of fewer than 80 bytes"

  /// `nil` when `text` is no such address.
  init?(_ text: String) {
    if text.hasPrefix("tcp://") {
      let address = text.dropFirst("tcp://".count)
      guard let colon = address.lastIndex(of: ":"), UInt16(address[colon...].dropFirst()) != nil,
        Self.isIPv4(address[..<colon]) || Self.isIPv6(address[..<colon])
      else { return nil }
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

  /// In brackets, as in URLs.
  private static func isIPv6(_ host: Substring) -> Bool {
    guard host.hasPrefix("["), host.hasSuffix("]") else { return false }
    var address = in6_addr()
    return unsafe inet_pton(AF_INET6, String(host.dropFirst().dropLast()), &address) == 1
  }
}
