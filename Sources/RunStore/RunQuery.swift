import GRDB
import RunFilters

/// A filter and an order as SQL. Only our own names enter the text; user input is passed as arguments.
struct RunQuery {
  private(set) var sql: String
  private(set) var arguments: [any DatabaseValueConvertible] = []

  init(_ filter: RunFilter, sortedBy column: RunColumn?, descending: Bool, limit: Int?) {
    sql = "SELECT run.* FROM run"
    var conditions: [String] = []
    for term in filter.terms {
      let (condition, values) = Self.condition(term)
      conditions.append(condition)
      arguments += values
    }
    if !conditions.isEmpty { sql += " WHERE " + conditions.joined(separator: " AND ") }
    let direction = descending ? "DESC" : "ASC"
    switch column {
    case nil: sql += " ORDER BY run.started \(direction), run.folder \(direction)"
    case .column(let name): sql += " ORDER BY run.\(name) IS NULL, run.\(name) \(direction), run.folder"
    case .field(let path):
      let value = "(SELECT coalesce(number, text) FROM field WHERE field.folder = run.folder AND path = ?)"
      sql += " ORDER BY \(value) IS NULL, \(value) \(direction), run.folder"
      arguments += [path, path]
    }
    if let limit { sql += " LIMIT \(limit)" }
  }

  private static func condition(_ term: RunFilter.Term) -> (String, [any DatabaseValueConvertible]) {
    let number = Double(term.value)
    func comparison(_ text: String, _ numeric: String?) -> (String, [any DatabaseValueConvertible]) {
      switch (term.comparison, number, numeric) {
      case (.contains, _, _): ("instr(\(text), ?) > 0", [term.value])
      case (.notEqual, let number?, let numeric?): ("coalesce(\(numeric) <> ?, 1)", [number])
      case (.notEqual, _, _): ("coalesce(\(text) <> ?, 1)", [term.value])
      case (let sign, let number?, let numeric?): ("\(numeric) \(sign.rawValue) ?", [number])
      case (let sign, _, _): ("\(text) \(sign.rawValue) ?", [term.value])
      }
    }
    switch term.column {
    case .column(let name):
      return comparison("run.\(name)", RunColumn.texts.contains(name) ? nil : "run.\(name)")
    case .field(let path):
      let (condition, values) = comparison(
        "(SELECT text FROM field WHERE field.folder = run.folder AND path = ?)",
        "(SELECT number FROM field WHERE field.folder = run.folder AND path = ?)")
      return (condition, [path] + values)
    }
  }
}
