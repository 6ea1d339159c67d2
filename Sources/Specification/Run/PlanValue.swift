/// The value of one field as it stands in a plan, on the command line, or in JSON.
///
/// Plans and flags deliver text and lists of text, which the field itself understands; fields read back typed values.
package enum PlanValue: Hashable, Sendable {
  /// Not given: the field goes back to its default where it has an automatic one.
  case null
  case boolean(Bool)
  case integer(Int)
  case number(Double)
  case text(String)
  case list([String])

  /// The value as one would type it.
  package var text: String {
    switch self {
    case .null: "null"
    case .boolean(let value): String(value)
    case .integer(let value): String(value)
    case .number(let value): value.description
    case .text(let value): value
    case .list(let values): values.joined(separator: ",")
    }
  }

  /// The value as canonical JSON: numbers in the shortest form that reads back to the same bits.
  package var json: String {
    switch self {
    case .null, .boolean, .integer, .number: text
    case .text(let value): JSONText.quoted(value)
    case .list(let values): "[\(values.map(JSONText.quoted).joined(separator: ","))]"
    }
  }
}
