import Records
import Specification
import Sweeps

/// What `tare sweep --json` prints.
struct SweepSummary: Encodable, Sendable {
  /// A run that has ended. What it has not is left out.
  struct Run: Encodable, Sendable {
    let run: Int
    let title: String
    let part: String?
    let axes: [String: String]
    let status: RunStatus
    let cause: String?
    let testError: Double?
    let bestTestError: Double?
    let testLoss: Double?
    let trainLoss: Double?
    let steps: Int?
    let seconds: Double?
    let weightsSHA256: String?
    let folder: String

    init(_ outcome: SweepOutcome) {
      let result = outcome.result
      (run, title, folder) = (outcome.run.number, outcome.run.title, outcome.folder)
      part = outcome.run.part.isEmpty ? nil : outcome.run.part
      axes = Dictionary(
        outcome.run.coordinates.map { ($0.axis, $0.label) }, uniquingKeysWith: { first, _ in first })
      (status, cause) = (outcome.status, outcome.cause.isEmpty ? nil : outcome.cause)
      (testError, bestTestError) = (result?.testError, result?.bestTestError)
      (testLoss, trainLoss) = (result?.testLoss, result?.trainLoss)
      (steps, seconds, weightsSHA256) = (result?.steps, result?.seconds, result?.weightsSHA256)
    }
  }

  let sweep: String
  let folder: String
  /// `results.csv`.
  let results: String
  /// Of the plan.
  let count: Int
  /// In the order of their end; when all have ended, in that of the plan.
  var runs: [Run] = []
}

/// What `tare sweep --dry-run --json` prints.
struct SweepForecast: Encodable, Sendable {
  struct Run: Encodable, Sendable {
    let run: Int
    let title: String
  }

  let sweep: String
  let parallel: Int
  let runs: [Run]
  var expectedSeconds: Double?
}
