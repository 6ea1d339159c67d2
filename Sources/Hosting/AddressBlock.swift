import Glibc

/// A block of IP addresses: an address and the number of leading bits that all share (RFC 4632, RFC 4291).
struct AddressBlock: Hashable, Sendable {
  let text: String
  private let bytes: [UInt8]
  private let bits: Int

  /// - Returns: `nil` if `text` is not such as `10.0.0.0/8` or `fd00::/8`.
  init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let bytes = Self.bytes(of: String(parts[0])), let bits = Int(parts[1]),
      (0...bytes.count * 8).contains(bits)
    else { return nil }
    (self.text, self.bytes, self.bits) = (text, bytes, bits)
  }

  func contains(_ address: String) -> Bool {
    guard let other = Self.bytes(of: address), other.count == bytes.count else { return false }
    return (0..<bits).allSatisfy { bit in
      let mask = UInt8(0x80) >> (bit % 8)
      return bytes[bit / 8] & mask == other[bit / 8] & mask
    }
  }

  private static func bytes(of address: String) -> [UInt8]? {
    for (family, count) in [(AF_INET, 4), (AF_INET6, 16)] {
      var bytes = [UInt8](repeating: 0, count: count)
      if unsafe inet_pton(family, address, &bytes) == 1 { return bytes }
    }
    return nil
  }
}
