/// Comma-separated values: fields are quoted as RFC 4180 requires, lines end in a line feed.
///
/// Text cannot act as a formula or a control sequence: an apostrophe is put before text that a spreadsheet would
/// evaluate (it begins with `=`, `+`, `-`, `@` or a tab and is not a number), and control characters become `\u{FFFD}`.
package enum CSV {
  package static func line(_ fields: [String]) -> String { fields.map(quoted).joined(separator: ",") + "\n" }

  /// Appends a field to the bytes of a line.
  static func append(_ field: String, to line: inout [UInt8]) {
    let isPlain = field.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"):
        true
      default: false
      }
    }
    line.append(contentsOf: isPlain ? field.utf8 : quoted(field).utf8)
  }

  private static func quoted(_ text: String) -> String {
    var field = text
    // 0xC2 is the first byte of the control characters beyond ASCII.
    if field.utf8.contains(where: { $0 < 0x20 && $0 != 0x09 && $0 != 0x0A || $0 == 0x7F || $0 == 0xC2 }) {
      field.unicodeScalars = .init(field.unicodeScalars.map { isControl($0) ? "\u{FFFD}" : $0 })
    }
    if let first = field.utf8.first, [0x3D, 0x2B, 0x2D, 0x40, 0x09].contains(first), Double(field) == nil {
      field = "'" + field
    }
    guard field.utf8.contains(where: { [UInt8(ascii: ","), 0x22, 0x0A, 0x0D].contains($0) }) else { return field }
    return "\"" + field.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
  }

  /// Except tabs and line feeds.
  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.generalCategory == .control && scalar != "\t" && scalar != "\n"
  }
}
