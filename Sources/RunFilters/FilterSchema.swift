import Optimization
import Specification

/// What a filter may name, and what can be compared with it: for readers of the same grammar that are not written in Swift.
package struct FilterSchema: Hashable, Sendable, Encodable {
  package struct Field: Hashable, Sendable, Encodable {
    let path: String
    let flags: [String]
    let former: [String]
    let kind: String
    let choices: [String]
    /// Former names of choices.
    let aliases: [String: String]
  }

  /// Kinds of columns by name.
  let columns: [String: String]
  let fields: [Field]

  package init() {
    columns = Dictionary(
      uniqueKeysWithValues: RunColumn.columns.map { name in
        (name, RunColumn.column(name).kind.name)
      })
    let former = UpdateRules.all.flatMap { rule in rule.formerNames.map { ($0, rule.name) } }
    fields = SpecField.all.map { field in
      Field(
        path: field.path, flags: field.flags, former: field.formerPaths, kind: RunColumn.field(field.path).kind.name,
        choices: field.choices,
        aliases: field.path == "optimizer.name" ? Dictionary(former, uniquingKeysWith: { first, _ in first }) : [:])
    }
    states = RunColumn.column("status").kind.names
  }

  /// What a run's status may be.
  let states: [String]
}

extension RunColumn.Kind {
  fileprivate var name: String {
    switch self {
    case .number: "number"
    case .fraction: "fraction"
    case .moment: "moment"
    case .text: "text"
    case .names: "names"
    }
  }

  fileprivate var names: [String] { if case .names(let names) = self { names } else { [] } }
}
