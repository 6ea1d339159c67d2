import ArgumentParser
import Failures
import Foundation
import Launching
import Records
import Reports
import Terminal

struct DemoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo",
    abstract: "Show in three small runs what L2 regularization does under batch norm.",
    discussion: """
      Trains the same small network three times: A with decay, B without, and C without decay but at the effective \
      learning rates that A had, filter by filter and step by step. C has A's losses with weights many times as long: \
      decay does nothing but raise the effective learning rate. C is then trained again, killed half-way and resumed, \
      and ends with the same bits.

      The runs use one server and two workers each, two runs at a time, and take less than a minute on two cores.

      EXAMPLES
        tare demo
        tare demo --output demo && tare report demo

      FILES WRITTEN, in --output (default runs/demo-<time>)
        runs/A, runs/B, runs/C   the runs, as tare train writes them
        killed                   C again, killed and resumed
        report/index.html        the page; report/figures/overlay.svg is the figure

      EXIT CODES
        0 shown, 1 the losses or the bits do not agree, 64 a folder with content, and those of "tare train"
      """)

  @Option(help: ArgumentHelp("The demonstration's folder, new or empty.", valueName: "folder"), completion: .directory)
  var output: UserPath?

  @Flag(help: "Print the comparison as one JSON object on stdout, and nothing else.")
  var json = false

  func run() throws {
    let folder = try Self.makeFolder(output?.trimmed ?? "runs/demo-\(RunFolder.moment())")
    ProcessExit.followSignals { [json] in
      if json { PartialResult(NothingYet()).interrupt() }
      TrainProcess.endAll()
    }
    StandardError.print("training A (with decay) and B (without), \(DemoRun.steps) steps each …")
    try Self.finish([DemoRun.decay, .plain].map { ($0, try start($0, in: folder)) })
    StandardError.print("training C (at A's effective learning rates) twice, once with a kill -9 half-way …")
    let following = try start(.following, in: folder)
    let resumed = try Self.killAndResume(in: folder)
    try Self.finish([(.following, following)])
    let comparison = try compare(in: folder)
    let report = try writeReport(on: folder)
    let isEqual = resumed == RunRecord(inFolder: DemoRun.following.folder(in: folder))?.runResult?.weightsSHA256
    if json {
      let printed = Printed(comparison: comparison, isShown: comparison.isShown, sameBits: isEqual)
      try print(try JSONOutput.text(of: printed))
    } else {
      for line in Self.lines(comparison, isEqual: isEqual, sha256: resumed, folder: folder, report: report) {
        try print(line)
      }
      Self.next(folder).print()
    }
    if !comparison.isShown || !isEqual { throw ReportedFailure() }
  }

  /// - Throws: `RecordError` for a folder with content, or that cannot be made.
  private static func makeFolder(_ path: String) throws -> String {
    let content = try? FileManager.default.contentsOfDirectory(atPath: path)
    guard content?.isEmpty ?? true else {
      throw RecordError(.occupied, "Folder \(path) is not empty; accepted: a new or empty folder.")
    }
    do {
      try FileManager.default.createDirectory(atPath: path + "/runs", withIntermediateDirectories: true)
    } catch { throw RecordError(.system(EIO), "Cannot make folder \(path): \(error.localizedDescription)") }
    return path
  }

  private func start(_ run: DemoRun, in folder: String) throws -> TrainProcess {
    try TrainProcess(run.arguments(in: folder) + DemoRun.output, folder: run.folder(in: folder))
  }

  /// - Throws: `RunError` with the exit code of a run that is not done.
  private static func finish(_ runs: [(DemoRun, TrainProcess)]) throws {
    let exits = runs.map { ($0.0, $0.1.wait()) }
    for (run, exit) in exits where exit.result == nil {
      throw RunError(exit.exitCode, "run \(run.rawValue) ended with exit code \(exit.exitCode): \(exit.errors)")
    }
  }

  /// Run C in the folder `killed`: killed after its third checkpoint, then resumed.
  ///
  /// - Returns: the SHA-256 of its last weights.
  private static func killAndResume(in folder: String) throws -> String {
    let path = folder + "/killed"
    let process = try TrainProcess(
      DemoRun.following.arguments(in: folder, folder: path) + DemoRun.output, folder: path)
    let checkpoint = "\(path)/checkpoints/step-\(DemoRun.steps / 2)"
    while !process.waitForEnd(seconds: 0.02), !FileManager.default.fileExists(atPath: checkpoint) {}
    process.end()
    _ = process.wait()
    let exit = try TrainProcess(["train", "--resume", path] + DemoRun.output, folder: path).wait()
    guard let result = exit.result else {
      throw RunError(exit.exitCode, "the resumed run ended with exit code \(exit.exitCode): \(exit.errors)")
    }
    return result.weightsSHA256
  }

  private func compare(in folder: String) throws -> DemoComparison {
    let runs = DemoRun.allCases.map { run in
      let path = run.folder(in: folder)
      return (
        run, RunCurves(metricsAt: path + "/metrics.csv", points: DemoRun.steps + 1),
        RunRecord(inFolder: path)?.runResult?.testError
      )
    }
    guard let comparison = DemoComparison(runs) else {
      throw RunError(ExitCode.ioError, "the runs in \(folder) have no curves")
    }
    return comparison
  }

  /// - Returns: the path of the page.
  private func writeReport(on folder: String) throws -> String {
    let source = try ReportSource(folders: [folder])
    let reader = ReportReader()
    let data = ReportData(title: "What decay does under batch norm", runs: source.runs, reader: reader)
    let curves = CurvesText.json(ofRunsIn: source.runs.map(\.folder), reader: reader)
    try ReportFolder.write(data, curves: curves, to: folder + "/report")
    return folder + "/report/index.html"
  }

  private static func lines(
    _ comparison: DemoComparison, isEqual: Bool, sha256: String, folder: String, report: String
  ) -> [String] {
    var table = TextTable(header: ["run", "‖w‖ first", "last", "η/‖w‖²", "test error", "loss − A's"])
    for row in comparison.rows {
      table.append([
        row.run, Numbers.short(row.firstNorm), Numbers.short(row.lastNorm), Numbers.short(row.effectiveLearningRate),
        Numbers.percent(row.testError), row.run == DemoRun.decay.rawValue ? "–" : Numbers.short(row.lossDifference),
      ])
    }
    let ratio = String(format: "%.1f", comparison.normRatio)
    return comparison.rows.map(\.title) + [""] + table.lines + [
      "",
      "‖w‖ and the effective learning rate η/‖w‖²: layer \(comparison.layer), median over its filters; loss − A's: the "
        + "largest difference, in means over \(DemoComparison.window) steps",
      "",
      comparison.isShown
        ? "C has A's losses without decay and with weights \(ratio) times as long: all that decay did was to raise the "
          + "effective learning rate."
        : "C's losses are not A's here: the differences are not three times smaller than B's.",
      isEqual
        ? "C, killed and resumed, has the same bits: weights SHA-256 \(sha256)"
        : "C, killed and resumed, has OTHER BITS: weights SHA-256 \(sha256)",
      "",
      "figure  \(folder)/report/figures/overlay.svg",
      "page    \(report)",
    ]
  }

  private static func next(_ folder: String) -> NextSteps {
    var next = NextSteps()
    next.add(["serve", folder], "the page in a browser")
    next.add(["claims", "--group", "A"], "the paper's exact claims, each an experiment that judges itself")
    next.add(
      ["train", "--l2", "\(DemoRun.l2)", "--batch", "32", "--microbatch", "16"], "run A with settings of your own")
    return next
  }

  private struct Printed: Encodable {
    let comparison: DemoComparison
    let isShown: Bool
    let sameBits: Bool
  }
}
