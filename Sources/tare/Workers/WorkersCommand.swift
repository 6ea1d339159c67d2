import ArgumentParser
import Failures
import Terminal
import Training

struct WorkersCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "workers",
    abstract: "List the members of a running run, or drain a worker.",
    discussion: """
      Add a worker with "tare worker --join RUN". Joining and leaving workers change no bit of the weights.

      EXAMPLES
        tare workers runs/20261123-180841-1a2b
        tare workers runs/20261123-180841-1a2b --drain 1
      """)

  @Argument(help: ArgumentHelp("The folder of a running run.", valueName: "run"), completion: .directory)
  var folder: UserPath

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Drain this worker; the others take over its work.", valueName: "rank"))
  var drain: Int?

  @Flag(help: "Print one JSON object.")
  var json = false

  /// What `--json` prints; the keys of a member are the columns of the table.
  private struct Answer: Encodable {
    let members: [[String: String]]
    /// Of the coordinator, to what was asked of it.
    let answer: String
  }

  func run() throws {
    let (rows, sentence) = try RunMembers(of: folder.text).status(draining: drain)
    guard !json else {
      let keys = RunMembers.header.map { $0.lowercased() }
      let members = rows.map { Dictionary(uniqueKeysWithValues: zip(keys, $0)) }
      return try print(JSONOutput.text(of: Answer(members: members, answer: sentence)))
    }
    var table = TextTable(header: RunMembers.header, of: .words)
    for row in rows { table.append(row) }
    for line in table.lines + [sentence] where !line.isEmpty { try print(line) }
  }
}
