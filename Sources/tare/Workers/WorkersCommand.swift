import ArgumentParser
import Terminal
import Training

struct WorkersCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "workers",
    abstract: "List who takes part in a run under way, or let a worker go.",
    discussion: """
      Another worker joins with "tare worker --join RUN". Who comes and goes changes no bit of the weights.

      EXAMPLES
        tare workers runs/20261123-180841-1a2b
        tare workers runs/20261123-180841-1a2b --drain 1
      """)

  @Argument(help: ArgumentHelp("The folder of a run under way.", valueName: "run"), completion: .directory)
  var folder: String

  @Option(help: ArgumentHelp("Let this worker go; the others do its work.", valueName: "rank"))
  var drain: Int?

  func run() throws {
    let (rows, sentence) = try RunMembers(of: folder).status(draining: drain)
    var table = TextTable(header: RunMembers.header, of: .words)
    for row in rows { table.append(row) }
    for line in table.lines + [sentence] where !line.isEmpty { print(line) }
  }
}
