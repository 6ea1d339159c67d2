import ArgumentParser
import Failures
import Specification
import Terminal

/// How a command shows its progress, for those that do not train a run of their own.
struct ProgressOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "How to show progress on stderr: a line that is drawn over itself on a terminal, plain lines elsewhere "
        + "(auto); plain lines; or none.", valueName: "auto|plain|none"))
  var progress = ExecutionSpec.Progress.auto.rawValue

  /// A meter for `total` parts of work.
  func meter(_ title: String, of total: Int, _ unit: String) throws(UsageError) -> ProgressMeter {
    ProgressMeter(WorkProgress(title, of: Double(total), .things(unit)), style: try style)
  }

  func meter(_ title: String, seconds: Double) throws(UsageError) -> ProgressMeter {
    ProgressMeter(WorkProgress(title, of: seconds, .seconds), style: try style)
  }

  var isShown: Bool { progress != ExecutionSpec.Progress.none.rawValue }

  private var style: ProgressMeter.Style {
    get throws(UsageError) {
      guard let asked = ExecutionSpec.Progress(rawValue: progress) else {
        throw .unknown(
          "progress", progress, accepted: ExecutionSpec.Progress.allCases.map(\.rawValue), field: "progress")
      }
      return ProgressMeter.Style(asked)
    }
  }
}
