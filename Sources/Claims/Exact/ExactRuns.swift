import EffectiveLearningRate
import Specification

extension Setting {
  /// A short run that records every step, by real processes unless the setting says otherwise.
  ///
  /// - Parameter metrics: to record beside the training loss.
  func exactSpec(
    steps: Int, metrics: [MetricName] = [], _ change: (inout RunSpec) -> Void = { _ in }
  ) -> RunSpec {
    spec { spec in
      spec.execution.metrics = ([TrainLoss.name] + metrics).map(\.rawValue)
      spec.dataset.limit = 512
      spec.batch = 32
      spec.microbatch = 16
      spec.steps = steps
      spec.execution.metricsEvery = 1
      // Only the last weights are evaluated.
      spec.execution.evaluateEvery = RunSpec.mostSteps
      spec.execution.launcher = launcher
      change(&spec)
    }
  }

  /// The same in `Double` and without ε, where the laws hold up to rounding.
  func exactDoubleSpec(
    steps: Int, metrics: [MetricName] = [], _ change: (inout RunSpec) -> Void = { _ in }
  ) -> RunSpec {
    exactSpec(steps: steps, metrics: metrics) { spec in
      spec.precision = .double
      spec.batch = 16
      spec.normalizationEpsilon = 0
      change(&spec)
    }
  }
}

extension RunSpec {
  /// Leaves γ, β and the head where they began.
  mutating func freezeAllButWeights() {
    groups.gammaBeta.learningRate = 0
    groups.head.learningRate = 0
  }
}
