import ArgumentParser
import Failures
import Foundation
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
        tare report runs/paper
        tare report runs/20261123-180841-1a2b runs/20261123-181502-9f00 --output comparison

      FILES WRITTEN, in --output (default: report/ in the folder, or runs/report-<time> for several)
        index.html             the page
        figures/*.svg          each figure of the sweep
        figures/*.csv          its data
        figures/*.gnuplot      a script that makes the PDF, run if gnuplot is installed

      EXIT CODES
        0 done, 64 no runs, or an output folder with other content, 74 input or output failed
      """)

  @Argument(help: ArgumentHelp("Folders of runs, sweeps and claims.", valueName: "run|sweep"), completion: .directory)
  var folders: [UserPath]

  @Option(help: ArgumentHelp("The report's folder.", valueName: "folder"), completion: .directory)
  var output: UserPath?

  @Flag(help: "Print the names of the files written as one JSON object.")
  var json = false

  func validate() throws {
    if output?.text.isEmpty == true { throw ValidationError("--output is empty; accepted: a folder's path.") }
  }

  func run() throws {
    let source = try ReportSource(folders: folders.map(\.text))
    let data = ReportData(title: source.title, runs: source.runs, claims: source.claims)
    let curves = CurvesText.json(ofRunsIn: source.runs.map(\.folder))
    let path =
      output?.text ?? (folders.count == 1 ? folders[0].trimmed + "/report" : "runs/report-\(Date.now.folderName)")
    let files = try ReportFolder.write(data, curves: curves, to: path)
    if let first = source.unread.first {
      StandardError.print(
        "tare: \(counted(source.unread.count, "run")) left out: run.json is damaged or of another version, as in \(first)"
      )
    }
    if json {
      print(try JSONOutput.text(of: Written(report: path, runs: source.runs.count, files: files)))
    } else {
      print("\(counted(source.runs.count, "run")), \(counted(data.figures.count, "figure")): \(path)/index.html")
    }
  }

  private struct Written: Encodable {
    let report: String
    let runs: Int
    let files: [String]
  }
}
