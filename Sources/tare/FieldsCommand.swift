import ArgumentParser
import Specification
import Terminal

struct FieldsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fields",
    abstract: "List every field of a run: path, flag, default, accepted values.",
    discussion: """
      Any field can be given in a plan (YAML, nested at the dots) or with --set path=value; some have a flag. A star \
      marks fields that never change the weights.
      """)

  func run() throws { try print(FieldTable.text) }
}

/// The field table as aligned columns.
package enum FieldTable {
  package static var text: String {
    var table = TextTable(header: ["  FIELD", "FLAG", "DEFAULT", "ACCEPTED"], of: .words)
    for field in SpecField.all {
      table.append([
        (field.determinesBits ? "  " : "* ") + field.path, field.flags.first.map { "--" + $0 } ?? "-",
        field.defaultText, field.accepted,
      ])
    }
    return table.lines.joined(separator: "\n")
  }
}
