import EffectiveLearningRate

/// One regime's runs, one for each seed, and their averages after the burn-in.
///
/// A diverged run or a missing metric gives NaN, which no tolerance accepts.
struct Settlement {
  let regime: Regime
  let runs: [Observation]
  let burnIn: Int

  /// Names of the normalized layers.
  var layers: [String] { runs.lazy.map(\.metrics.normalizedLayers).first { !$0.isEmpty } ?? [] }

  /// Root mean square angle of a step, in rad, by seed.
  func angles(_ layer: String) -> [Double] { rootMeanSquares(AngularUpdate.name, layer) }
  func predictedAngles(_ layer: String) -> [Double] { rootMeanSquares(PredictedAngularUpdate.name, layer) }
  /// ‖W‖, by seed.
  func norms(_ layer: String) -> [Double] { means(WeightNorm.name, .layer, layer) }
  func predictedNorms(_ layer: String) -> [Double] { means(PredictedNorm.name, .layer, layer) }
  /// With the growth by stale gradients.
  func staleNorms(_ layer: String) -> [Double] { means(PredictedStaleNorm.name, .layer, layer) }
  /// √(2ηλ_d) but for the share of the growth that is not the step's length: in equilibrium, decay balances both.
  func staleAngles(_ layer: String) -> [Double] {
    zip(predictedAngles(layer), means(StaleGrowth.name, .layer, layer)).map { $0 / (1 + $1).squareRoot() }
  }
  /// In versions, the mean by seed.
  var staleness: [Double] { means(GradientStaleness.name, .mean, "") }
  /// The mean training loss, by seed.
  var losses: [Double] { means(TrainLoss.name, .mean, "") }

  /// By seed, at the end of the run.
  func last(_ metric: MetricName, _ statistic: Statistic, _ layer: String) -> [Double] {
    series(metric, statistic, layer).map { $0.last ?? .nan }
  }

  /// By seed, in the first window after the burn-in.
  func first(_ metric: MetricName, _ statistic: Statistic, _ layer: String) -> [Double] {
    series(metric, statistic, layer).map { $0.first ?? .nan }
  }

  private func means(_ metric: MetricName, _ statistic: Statistic, _ layer: String) -> [Double] {
    series(metric, statistic, layer).map(mean)
  }

  private func rootMeanSquares(_ metric: MetricName, _ layer: String) -> [Double] {
    series(metric, .rms, layer).map { mean($0.map { $0 * $0 }).squareRoot() }
  }

  private func series(_ metric: MetricName, _ statistic: Statistic, _ layer: String) -> [[Double]] {
    runs.map { run in
      run.result == nil ? [] : run.metrics.values(of: metric, statistic: statistic, layer: layer, after: burnIn)
    }
  }
}

extension MetricTable {
  /// The layers whose weights have an effective rate, because they are followed by a normalization.
  var normalizedLayers: [String] {
    layers.filter { !values(of: EffectiveRate.name, statistic: .p50, layer: $0).isEmpty }
  }
}

extension Laboratory {
  /// Trains every regime with every seed, all in one call.
  func settle(_ regimes: [Regime], in setting: Setting, seeds: Int? = nil) throws -> [Settlement] {
    let seeds = seeds ?? setting.seeds(atLeast: Margins.Equilibrium.seeds)
    let runs = try train(regimes.flatMap { regime in (1...seeds).map { regime.spec(in: setting, seed: $0) } })
    return regimes.enumerated().map { index, regime in
      Settlement(
        regime: regime, runs: Array(runs[index * seeds..<(index + 1) * seeds]), burnIn: regime.burnIn(in: setting))
    }
  }
}

extension Setting {
  /// The requested seeds, but at least as many as the claim needs unless the experiment is reduced.
  func seeds(atLeast least: Int) -> Int { isReduced ? max(1, seeds) : max(least, seeds) }
}

/// a / b, seed by seed.
func ratios(_ a: [Double], _ b: [Double]) -> [Double] { zip(a, b).map { $0 / $1 } }
