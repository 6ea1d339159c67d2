import ArgumentParser
import Failures
import Foundation
import Records
import RunStore
import Terminal

struct RunsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "runs",
    abstract: "List, find, compare and delete runs.",
    discussion: """
      Lists the runs below a folder (--root, default runs), including those of sweeps. tare.sqlite in that folder is an \
      index that each of these commands updates; it can be deleted.

      EXAMPLES
        tare runs
        tare runs --where 'optimizer=adam l2<1e-3 status=done' --sort testError --limit 10
        tare runs show runs/20261123-180841-1a2b
        tare runs compare runs/a runs/b
        tare runs export --where sweep=paper > paper.csv
        tare runs delete runs/a runs/b

      EXIT CODES
        0 done, 64 an invalid flag, filter or run,
        65 the database is not Tare's, newer or damaged, 74 input or output failed
      """,
    subcommands: [List.self, Show.self, Compare.self, Export.self, Delete.self], defaultSubcommand: List.self)

  /// Which runs, and in which order.
  struct Selection: ParsableArguments {
    @Option(help: ArgumentHelp("The folder with the runs.", valueName: "folder"), completion: .directory)
    var root = "runs"

    @Option(
      help: ArgumentHelp(
        "Terms that must all hold, such as 'optimizer=adam l2<1e-3'; = != < <= > >= ~", valueName: "terms"))
    var `where` = ""

    @Option(help: ArgumentHelp("The column or field to sort by (default: start time).", valueName: "name"))
    var sort: String?

    @Flag(help: "Sort in descending order.")
    var descending = false

    @Option(help: ArgumentHelp("List at most this many.", valueName: "n"))
    var limit: Int?

    @OptionGroup var progress: ProgressOption

    func runs() throws -> [RunEntry] {
      if let limit, limit < 1 { throw UsageError(field: "limit", "--limit is \(limit); accepted: 1 or more.") }
      let filter = try RunFilter(self.where)
      let column = try sort.map { name throws(UsageError) in try RunColumn(named: name) }
      let store = try RunStore(root: root)
      let meter = try progress.meter("index", of: 0, "runs read")
      try store.update { meter.advance(to: $0, of: $1) }
      meter.end()
      return try store.runs(where: filter, sortedBy: column, descending: descending, limit: limit)
    }
  }

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List runs; the default.")

    @OptionGroup var selection: Selection

    func run() throws {
      var table = TextTable(
        header: ["RUN", "STATUS", "DATA", "NETWORK", "OPTIMIZER", "η", "λ_d", "PROJECTION", "TEST ERROR", "STARTED"],
        of: .words
      )
      let runs = try selection.runs()
      for run in runs {
        let fields = ["dataset.name", "network.preset", "optimizer.name"]
        table.append(
          [run.folder, run.status.rawValue] + fields.map { run.fields[$0] ?? "–" } + [
            Numbers.short(run.learningRate), Numbers.short(run.decay), run.fields["projection"] ?? "–",
            Numbers.percent(run.result?.testError), run.started.formatted(.iso8601),
          ])
      }
      for line in table.lines { print(line) }
      print(counted(runs.count, "run"))
    }
  }

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Show everything about one run.")

    @Argument(help: ArgumentHelp("The run's folder.", valueName: "run"), completion: .directory)
    var folder: String

    func run() throws {
      let entry = try RunEntry(at: folder)
      var lines = [("folder", entry.folder), ("status", entry.status.rawValue)]
      if let cause = entry.cause { lines.append(("cause", cause)) }
      lines.append(("started", entry.started.formatted(.iso8601)))
      if let ended = entry.ended { lines.append(("ended", ended.formatted(.iso8601))) }
      if let tare = entry.tare { lines.append(("tare", tare)) }
      lines.append(("spec hash", entry.specHash))
      for line in Self.table(lines) { print(line) }
      if let result = entry.result {
        print("")
        for line in ClosingReport(result).lines { print(line) }
      }
      print("")
      for line in Self.table(entry.fields.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }) { print(line) }
    }

    private static func table(_ rows: [(String, String)]) -> [String] {
      let width = rows.map(\.0.count).max() ?? 0
      return rows.map { $0.0.padding(toLength: width, withPad: " ", startingAt: 0) + "  " + $0.1 }
    }
  }

  struct Compare: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Compare two runs: fields, results, and curves.")

    @Argument(help: ArgumentHelp("The folder of one run.", valueName: "run"), completion: .directory)
    var first: String
    @Argument(help: ArgumentHelp("The folder of the other run.", valueName: "run"), completion: .directory)
    var second: String

    func run() throws {
      let comparison = try RunComparison(RunEntry(at: first), RunEntry(at: second))
      var table = TextTable(header: ["", first, second], of: .words)
      for row in comparison.rows { table.append(row) }
      for line in table.lines { print(line) }
    }
  }

  struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Print runs as CSV: one line per run, one column per field.")

    @OptionGroup var selection: Selection

    func run() throws { print(RunTable.csv(of: try selection.runs()), terminator: "") }
  }

  struct Delete: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Delete the folders of runs that are not running.")

    @Argument(help: ArgumentHelp("The runs' folders.", valueName: "run"), completion: .directory)
    var runs: [String]

    func run() throws {
      // Check all before deleting any.
      let entries = try runs.map { try RunEntry(at: $0) }
      for entry in entries where RunLock.isHeld(runFolder: entry.folder) {
        throw RecordError(.occupied, "Run \(entry.folder) is running; it can be deleted when it has ended.")
      }
      for entry in entries { try entry.delete() }
      print("\(counted(entries.count, "run")) deleted")
    }
  }
}
