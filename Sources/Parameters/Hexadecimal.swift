extension [UInt8] {
  /// Reads two hexadecimal digits per byte, of either case.
  ///
  /// - Returns: `nil` for anything else.
  package init?(hexadecimal text: some StringProtocol) {
    let digits = Array(text.utf8)
    guard digits.count.isMultiple(of: 2) else { return nil }
    self = []
    for index in stride(from: 0, to: digits.count, by: 2) {
      guard digits[index] != UInt8(ascii: "+"),
        let byte = UInt8(String(decoding: digits[index...index + 1], as: UTF8.self), radix: 16)
      else { return nil }
      append(byte)
    }
  }
}

extension Sequence<UInt8> {
  /// Two lowercase hexadecimal digits per byte, as in the usual notation of hashes.
  package var hexadecimal: String { map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() }
}
