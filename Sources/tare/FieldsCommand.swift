import ArgumentParser
import Plans
import Specification
import Terminal

struct FieldsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fields",
    abstract: "List every field of a run: path, flag, default, accepted values.",
    discussion: """
      Any field can be given in a plan (YAML, nested at the dots) in an environment variable such as TARE_OPTIMIZER_LEARNING_RATE, or \
      with --set path=value; some have a flag. A star \
      marks fields that never change the weights.
      """)

  @Flag(help: "Print one JSON object.")
  var json = false

  func run() throws { try print(json ? JSONOutput.text(of: FieldTable.listing) : FieldTable.text) }
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

  /// What `tare fields --json` prints.
  struct Listing: Encodable {
    struct Field: Encodable {
      let path: String
      let flags: [String]
      /// Of the environment.
      let variables: [String]
      let `default`: String
      let accepted: String
      let choices: [String]
      let help: String
      let determinesBits: Bool
    }

    let fields: [Field]
  }

  static var listing: Listing {
    Listing(
      fields: SpecField.all.map { field in
        Listing.Field(
          path: field.path, flags: field.flags.map { "--\($0)" }, variables: EnvironmentFields.variables(of: field),
          default: field.defaultText, accepted: field.accepted, choices: field.choices, help: field.help,
          determinesBits: field.determinesBits)
      })
  }
}
