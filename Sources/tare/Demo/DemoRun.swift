/// One of the demonstration's three runs.
package enum DemoRun: String, CaseIterable {
  case decay = "A"
  case plain = "B"
  case following = "C"

  /// λ of the penalty λ‖w‖² of run A: large enough that the norms differ tenfold within the steps.
  static let l2 = 0.01
  static let steps = 600

  /// What the processes of the runs print: their result alone.
  static let output = ["--json", "--progress", "none"]

  var title: String {
    switch self {
    case .decay: "A: λ = \(Self.l2)"
    case .plain: "B: λ = 0"
    case .following: "C: λ = 0, at A's effective learning rates"
    }
  }

  /// Of a run in the demonstration's folder; `tare report` finds those in `runs`.
  func folder(in demo: String) -> String { "\(demo)/runs/\(rawValue)" }

  /// The command line, without `tare`.
  ///
  /// - Parameter folder: of the run; by default its own.
  func arguments(in demo: String, folder: String? = nil) -> [String] {
    let own =
      switch self {
      case .decay: ["--l2", "\(Self.l2)", "--set", "execution.recordRates=true"]
      case .plain: ["--l2", "0"]
      case .following: ["--l2", "0", "--set", "follow=\(Self.decay.folder(in: demo))"]
      }
    return ["train", "--name", title, "--output", folder ?? self.folder(in: demo)] + own
      + [
        "--network", "conv3", "--optimizer", "nesterov", "--lr", "0.02", "--batch", "32", "--microbatch", "16",
        "--steps", "\(Self.steps)", "--evaluate-every", "100", "--metrics-every", "1",
        "--set", "execution.metrics=\(Self.metrics.joined(separator: ","))",
      ]
  }

  /// Those of the figures; all of them in every step of a small network would take longer than the step.
  private static let metrics = [
    "trainLoss", "testLoss", "testError", "learningRate", "weightNorm", "predictedNorm", "effectiveLearningRate",
    "angularUpdate", "predictedAngularUpdate",
  ]
}
