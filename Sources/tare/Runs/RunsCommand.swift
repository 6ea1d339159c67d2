import ArgumentParser
import Failures
import Foundation
import Records
import RunFilters
import RunStore
import Terminal

struct RunsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "runs",
    abstract: "List, find, compare and delete runs.",
    discussion: """
      Lists the runs below a folder (--root, default runs), however deep, and those of sweeps. tare.sqlite in that folder \
      is an index that each of these commands updates; it can be deleted, and where it cannot be written there is none.

      A term of --where is a name, an operator (= == != < <= > >= ~) and a value, with or without blanks between them; \
      a value with blanks stands in quotes. Errors may be percentages and times dates: testError<5% started>2026-11-01.

      EXAMPLES
        tare runs
        tare runs --where 'optimizer=adam l2<1e-3 status=done' \\
            --sort testError --limit 10
        tare runs --where "testError < 5% name = 'first try'"
        tare runs show runs/20261123-180841-1a2b
        tare runs compare runs/a runs/b
        tare runs export --where sweep=paper > paper.csv
        tare runs delete runs/a runs/b
        tare runs delete /scratch/old/a --yes
            not below runs: without --yes it asks, or refuses where there is no terminal

      EXIT CODES
        0 done, 64 an invalid flag, filter or run,
        65 the database is not Tare's, newer or damaged, 74 input or output failed
      """,
    subcommands: [List.self, Show.self, Compare.self, Export.self, Delete.self], defaultSubcommand: List.self)

  /// Which runs, and in which order.
  struct Selection: ParsableArguments {
    @Option(help: ArgumentHelp("The folder with the runs.", valueName: "folder"), completion: .directory)
    var root = UserPath("runs")

    @Option(
      help: ArgumentHelp(
        "Terms that must all hold, such as 'optimizer=adam l2<1e-3'; = != < <= > >= ~", valueName: "terms"))
    var `where` = ""

    @Option(help: ArgumentHelp("The column or field to sort by (default: start time).", valueName: "name"))
    var sort: String?

    @Flag(help: "Sort in descending order.")
    var descending = false

    @Option(parsing: .unconditional, help: ArgumentHelp("List at most this many.", valueName: "n"))
    var limit: Int?

    @Flag(help: "Print one JSON object.")
    var json = false

    @OptionGroup var progress: ProgressOption

    private struct Listing: Encodable { let runs: [ListedRun] }

    /// What `--json` prints.
    func text(of runs: [RunEntry]) throws -> String { try JSONOutput.text(of: Listing(runs: runs.map(ListedRun.init))) }

    func runs() throws -> [RunEntry] {
      NothingYet.followSignals(if: json)
      if let limit, limit < 1 { throw UsageError(field: "limit", "--limit is \(limit); accepted: 1 or more.") }
      let filter = try RunFilter(self.where)
      let column = try sort.map { name throws(UsageError) in try RunColumn(named: name) }
      if FileManager.default.fileExists(atPath: root.trimmed + "/run.json") {
        throw UsageError(
          field: "root",
          "folder \(root) is a run; accepted: a folder with runs below it, or \(NextSteps.command(["runs", "show", root.text]))."
        )
      }
      let meter = try progress.meter("index", of: 0, "runs read")
      let store = try RunStore.current(root: root.trimmed) {
        StandardError.print("note: \($0)")
      } progress: {
        meter.advance(to: $0, of: $1)
      }
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
      guard !selection.json else { return try print(selection.text(of: runs)) }
      for run in runs {
        let fields = ["dataset.name", "network.preset", "optimizer.name"]
        table.append(
          [run.folder, run.status.rawValue] + fields.map { run.fields[$0] ?? "–" } + [
            Numbers.short(run.learningRate), Numbers.short(run.decay), run.fields["projection"] ?? "–",
            Numbers.percent(run.result?.testError), run.started.formatted(.iso8601),
          ])
      }
      for line in table.lines { try print(line) }
      try print(counted(runs.count, "run"))
    }
  }

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Show everything about one run.")

    @Argument(help: ArgumentHelp("The run's folder.", valueName: "run"), completion: .directory)
    var folder: UserPath

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() throws {
      let entry = try RunEntry(at: folder.text)
      guard !json else { return try print(JSONOutput.text(of: ListedRun(entry))) }
      var lines = [("folder", entry.folder), ("status", entry.status.rawValue)]
      if let cause = entry.cause { lines.append(("cause", cause)) }
      lines.append(("started", entry.started.formatted(.iso8601)))
      if let ended = entry.ended { lines.append(("ended", ended.formatted(.iso8601))) }
      if let tare = entry.tare { lines.append(("tare", tare)) }
      lines.append(("spec hash", entry.specHash))
      for line in Self.table(lines) { try print(line) }
      if let result = entry.result {
        try print("")
        let schedule = entry.fields["schedule.name"] ?? ClosingReport.constant
        for line in ClosingReport(result, schedule: schedule).lines { try print(line) }
      }
      try print("")
      for line in Self.table(entry.fields.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }) { try print(line) }
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
    var first: UserPath
    @Argument(help: ArgumentHelp("The folder of the other run.", valueName: "run"), completion: .directory)
    var second: UserPath

    @Flag(help: "Print one JSON object.")
    var json = false

    /// What `--json` prints: the cells of the table.
    private struct Comparison: Encodable {
      struct Row: Encodable {
        let name: String
        let values: [String]
      }

      let runs: [String]
      let rows: [Row]
    }

    func run() throws {
      let comparison = try RunComparison(RunEntry(at: first.text), RunEntry(at: second.text))
      guard !json else {
        let rows = comparison.rows.map { Comparison.Row(name: $0[0], values: Array($0.dropFirst())) }
        return try print(JSONOutput.text(of: Comparison(runs: [first.text, second.text], rows: rows)))
      }
      var table = TextTable(header: ["", first.text, second.text], of: .words)
      for row in comparison.rows { table.append(row) }
      for line in table.lines { try print(line) }
    }
  }

  struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Print runs as CSV: one line per run, one column per field.")

    @OptionGroup var selection: Selection

    func run() throws {
      let runs = try selection.runs()
      guard !selection.json else { return try print(selection.text(of: runs)) }
      try print(RunTable.csv(of: runs), terminator: "")
    }
  }

  struct Delete: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Delete the folders of runs that are not running.")

    @Argument(help: ArgumentHelp("The runs' folders.", valueName: "run"), completion: .directory)
    var runs: [UserPath]

    @Option(help: ArgumentHelp("The folder with the runs.", valueName: "folder"), completion: .directory)
    var root = UserPath("runs")

    @Flag(help: "Also delete runs that are not below --root, without asking.")
    var yes = false

    @Flag(help: "Print one JSON object.")
    var json = false

    private struct Deleted: Encodable { let deleted: [String] }

    func run() throws {
      // Check all before deleting any.
      let entries = try runs.map { try RunEntry(at: $0.text) }
      for entry in entries where RunLock.isHeld(runFolder: entry.folder) {
        throw RecordError(.occupied, "Run \(entry.folder) is running; it can be deleted when it has ended.")
      }
      for entry in entries where !yes && !entry.isBelow(root.text) {
        guard Confirmation.isPossible else {
          throw UsageError(
            field: "yes",
            "run \(entry.folder) is not below \(root); accepted: --yes, to delete it all the same, or its --root.")
        }
        let question = "run \(entry.folder) is not below \(root); delete it?"
        guard Confirmation.ask(question) else { return try say([]) }
      }
      for entry in entries { try entry.delete() }
      try say(entries.map(\.folder))
    }

    private func say(_ deleted: [String]) throws {
      try print(json ? JSONOutput.text(of: Deleted(deleted: deleted)) : "\(counted(deleted.count, "run")) deleted")
    }
  }
}
