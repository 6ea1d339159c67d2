import Foundation
package import Records
package import Specification

/// What became of one run of a sweep.
package struct SweepOutcome: Sendable {
  package enum Ending: Sendable {
    case done(RunResult)
    /// Its numbers stopped being finite: an observation, too.
    case diverged(String)
    case failed(String)
  }

  package let run: SweepRun
  package let folder: String
  package let ending: Ending
  /// Whether it was trained by an earlier start of the sweep.
  package let isKept: Bool

  package init(run: SweepRun, folder: String, ending: Ending, isKept: Bool) {
    (self.run, self.folder, self.ending, self.isKept) = (run, folder, ending, isKept)
  }

  package var result: RunResult? { if case .done(let result) = ending { result } else { nil } }

  package var hasFailed: Bool { if case .failed = ending { true } else { false } }

  /// `done`, `diverged` or `failed`.
  package var status: String {
    switch ending {
    case .done: "done"
    case .diverged: "diverged"
    case .failed: "failed"
    }
  }

  /// Why it is not done.
  package var cause: String {
    switch ending {
    case .done: ""
    case .diverged(let cause), .failed(let cause): cause
    }
  }
}

/// `results.csv`: one line a run, in the order of the plan. Fields are quoted after RFC 4180 where they must be.
package enum SweepResults {
  package static func csv(of outcomes: [SweepOutcome]) -> String {
    let axes = outcomes.lazy.map(\.run).axes
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
      return ["\(outcome.run.number)", outcome.run.part] + labels + [outcome.status] + numbers + [
        result.map { "\($0.steps)" } ?? "", result.map { "\($0.seconds)" } ?? "", result?.weightsSHA256 ?? "",
        outcome.folder, outcome.cause,
      ]
    }
    return ([header] + rows).map(CSV.line).joined()
  }
}
