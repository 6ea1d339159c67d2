extension Sequence<UInt8> {
  /// Two lower-case hexadecimal digits a byte, as hashes are written.
  package var hexadecimal: String { map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() }
}
