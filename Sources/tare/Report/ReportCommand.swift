import ArgumentParser
import Failures
import Foundation
import Records
import Reports

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Report on runs and sweeps: one offline page, figures as SVG and PDF, their data as CSV.",
    discussion: """
      A sweep is drawn as in the paper: test error against λ with a line for each η, free beside projected runs; over η \
      and λ, with lines of constant effective learning rate; and against the product of η and λ that determines that \
      rate, where the lines collapse. Every run has its curves: ‖w‖, effective learning rate and angular update of each \
      layer, with the predicted equilibrium. The page is one file and makes no requests.

      EXAMPLES
        tare report
            the newest run or sweep below runs/
        tare report runs/paper
        tare report runs
            an overview of all runs and sweeps below runs/, with links to the reports that are there
        tare report runs/20261123-180841-1a2b runs/20261123-181502-9f00 \\
            --output comparison

      FILES WRITTEN, in --output (default: report/ in the folder, or runs/report-<time> for several)
        index.html             the page
        figures/*.svg          each figure of the sweep
        figures/*.pdf          the same, if rsvg-convert is installed (Debian: librsvg2-bin)
        figures/*.csv          its data

      EXIT CODES
        0 done, 64 no runs, or an output folder with other content, 74 input or output failed
      """)

  @Argument(
    help: ArgumentHelp(
      "Folders of runs, sweeps and claims, or one folder with such below it (default: the newest below runs/).",
      valueName: "run|sweep"), completion: .directory)
  var folders: [UserPath] = []

  @Option(help: ArgumentHelp("The report's folder.", valueName: "folder"), completion: .directory)
  var output: UserPath?

  @Flag(help: "Print the names of the files written as one JSON object.")
  var json = false

  @OptionGroup var progress: ProgressOption

  func validate() throws {
    if output?.text.isEmpty == true { throw ValidationError("--output is empty; accepted: a folder's path.") }
  }

  func run() throws {
    NothingYet.followSignals(if: json)
    let folders =
      try folders.isEmpty
      ? [UserPath(NewestRun.path(below: "runs"))] : self.folders.map { UserPath(RunFolder.path(ofRun: $0.text)) }
    if folders.count == 1, let overview = RootOverview(of: folders[0].text) { return try write(overview) }
    let records = try progress.meter("records", of: 0, "runs read")
    let reader = ReportReader()
    let source = try ReportSource(folders: folders.map(\.text), reader: reader) { records.advance(to: $0, of: $1) }
    records.end()
    let meter = try progress.meter("curves", of: source.runs.count, "runs read")
    let curves = CurvesText.json(ofRunsIn: source.runs.map(\.folder), reader: reader) { meter.advance() }
    meter.end()
    let data = ReportData(title: source.title, runs: source.runs, claims: source.claims, reader: reader)
    let path =
      output?.text ?? (folders.count == 1 ? folders[0].trimmed + "/report" : "runs/report-\(RunFolder.moment())")
    let files = try ReportFolder.write(data, curves: curves, to: path)
    if let first = source.unread.first {
      StandardError.print(
        "tare: \(counted(source.unread.count, "run")) left out: run.json is damaged or of another version, as in \(first)"
      )
    }
    if files.count(where: { $0.hasSuffix(".pdf") }) < data.figures.count {
      StandardError.print(
        FigurePrinter() == nil
          ? "tare: no PDFs: \(FigurePrinter.programName) is not installed (Debian: \(FigurePrinter.packageName))"
          : "tare: \(FigurePrinter.programName) could not make all PDFs")
    }
    if json {
      try print(JSONOutput.text(of: Written(report: path, runs: source.runs.count, files: files)))
    } else {
      // A run's curves are in the page alone, without files of their own.
      let hasCurvesOnly = data.figures.isEmpty && !source.runs.isEmpty
      let content = hasCurvesOnly ? "curves of each layer" : counted(data.figures.count, "figure")
      try print("\(counted(source.runs.count, "run")), \(content): \(path)/index.html")
    }
  }

  private func write(_ overview: RootOverview) throws {
    let path = output?.text ?? overview.root + "/report"
    let back = Self.way(from: path, to: overview.root)
    let page = OverviewPage(overview).html { entry in
      entry.hasReport ? "\(back)\(RootOverview.link(to: entry.folder))/report/index.html" : nil
    }
    try ReportFolder.write(page: page, to: path)
    if json {
      try print(JSONOutput.text(of: Written(report: path, runs: overview.entries.count, files: ["index.html"])))
    } else {
      try print("\(counted(overview.entries.count, "folder")): \(path)/index.html")
    }
    var next = NextSteps()
    if !json, let entry = overview.entries.first(where: { !$0.hasReport }) {
      next.add(NextSteps.report(on: "\(overview.root)/\(entry.folder)"), "the page of one of them")
      next.add(["serve", overview.root], "all of them, live")
    }
    next.print()
  }

  /// The relative link from a page's folder to another.
  private static func way(from page: String, to root: String) -> String {
    func parts(_ path: String) -> [String] { URL(fileURLWithPath: path).standardizedFileURL.pathComponents }
    let (from, to) = (parts(page), parts(root))
    let common = zip(from, to).prefix { $0 == $1 }.count
    return String(repeating: "../", count: from.count - common)
      + to.dropFirst(common).map { RootOverview.link(to: $0) + "/" }.joined()
  }

  private struct Written: Encodable {
    let report: String
    let runs: Int
    let files: [String]
  }
}
