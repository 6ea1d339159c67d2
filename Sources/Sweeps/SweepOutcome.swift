import Foundation
package import Records
package import Specification

/// How one run of a sweep ended.
package struct SweepOutcome: Sendable {
  package enum Completion: Sendable {
    case done(RunResult)
    /// A loss, gradient or weight was not finite; the associated value says which. An observation, not an error.
    case diverged(String)
    case failed(String)
  }

  package let run: SweepRun
  package let folder: String
  package let completion: Completion
  /// Whether an earlier start of the sweep trained it.
  package let isKept: Bool

  package init(run: SweepRun, folder: String, completion: Completion, isKept: Bool) {
    (self.run, self.folder, self.completion, self.isKept) = (run, folder, completion, isKept)
  }

  package var result: RunResult? { if case .done(let result) = completion { result } else { nil } }

  package var hasFailed: Bool { if case .failed = completion { true } else { false } }

  package var status: RunStatus {
    switch completion {
    case .done: .done
    case .diverged: .diverged
    case .failed: .failed
    }
  }

  /// Why it is not done; empty if it is.
  package var cause: String {
    switch completion {
    case .done: ""
    case .diverged(let cause), .failed(let cause): cause
    }
  }
}

/// `results.csv`: one line per run, in the order of the plan. Fields are quoted as RFC 4180 requires.
package enum SweepResults {
  /// - Parameter axes: the columns; by default those of the outcomes' runs.
  package static func csv(of outcomes: [SweepOutcome], axes: [String]? = nil) -> String {
    let axes = axes ?? outcomes.map(\.run).axes
    let header =
      ["run", "part"] + axes + [
        "status", "testError", "bestTestError", "testLoss", "trainLoss", "steps", "seconds", "weightsSHA256", "folder",
        "cause",
      ]
    let rows = outcomes.map { outcome in
      let labels = axes.map { axis in outcome.run.coordinates.first { $0.axis == axis }?.label ?? "" }
      let result = outcome.result
      let numbers = [result?.testError, result?.bestTestError, result?.testLoss, result?.trainLoss].map {
        $0.map { "\($0)" } ?? ""
      }
      return ["\(outcome.run.number)", outcome.run.part] + labels + [outcome.status.rawValue] + numbers + [
        result.map { "\($0.steps)" } ?? "", result.map { "\($0.seconds)" } ?? "", result?.weightsSHA256 ?? "",
        outcome.folder, outcome.cause,
      ]
    }
    return ([header] + rows).map(CSV.line).joined()
  }
}
