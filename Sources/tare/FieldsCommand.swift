import ArgumentParser
import Coordination

struct FieldsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fields",
    abstract: "List every field of a run: path, flag, default, what is accepted.",
    discussion: """
      Any field can be given in a plan (YAML, nested at the dots) or with --set path=value; some have a flag. A star \
      marks those that never change the weights.
      """)

  func run() { print(FieldTable.text) }
}

/// The field table as aligned columns.
package enum FieldTable {
  package static var text: String {
    let rows = SpecField.all.map { field in
      [
        (field.determinesBits ? "  " : "* ") + field.path, field.flags.first.map { "--" + $0 } ?? "-",
        field.defaultText, field.accepted,
      ]
    }
    let head = ["  FIELD", "FLAG", "DEFAULT", "ACCEPTED"]
    let widths = (0..<3).map { column in ([head] + rows).map { $0[column].count }.max() ?? 0 }
    return ([head] + rows).map { row in
      zip(row, widths).map { $0.padded(to: $1) }.joined(separator: "  ") + "  " + row[3]
    }.joined(separator: "\n")
  }
}

extension String {
  fileprivate func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
