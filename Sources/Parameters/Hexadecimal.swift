extension Sequence<UInt8> {
  /// Two lowercase hexadecimal digits per byte, as in the usual notation of hashes.
  package var hexadecimal: String { map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() }
}
