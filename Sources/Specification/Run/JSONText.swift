/// Writes JSON whose bytes are fixed by its content: keys sorted, no white space, shortest numbers.
///
/// Python's `json.dumps(x, sort_keys=True, separators=(",", ":"), ensure_ascii=False)` writes the same bytes.
enum JSONText {
  /// A string literal (RFC 8259 section 7); only what must be escaped is.
  static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case "\u{08}": result += "\\b"
      case "\u{0C}": result += "\\f"
      case "\u{00}"..."\u{1F}":
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }

  /// An object from dotted paths, nested at the dots; nulls are left out.
  static func object(_ fields: [(path: String, value: PlanValue)]) -> String {
    object(fields.filter { $0.value != .null }.map { ($0.path.split(separator: ".")[...], $0.value) })
  }

  private static func object(_ fields: [(path: ArraySlice<Substring>, value: PlanValue)]) -> String {
    let byKey = Dictionary(grouping: fields) { $0.path.first ?? "" }
    let members = byKey.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map { key, inner in
      let isLeaf = inner.count == 1 && inner[0].path.count == 1
      let text = isLeaf ? inner[0].value.json : object(inner.map { ($0.path.dropFirst(), $0.value) })
      return "\(quoted(String(key))):\(text)"
    }
    return "{\(members.joined(separator: ","))}"
  }
}
