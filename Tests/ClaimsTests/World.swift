import Claims
import EffectiveLearningRate
import Foundation
import Records
import Specification

/// A laboratory that trains nothing: every run leaves what theory says it leaves, unless `distort` says otherwise.
struct World: Laboratory {
  /// What one layer of a run shows, and the run.
  struct Reading {
    var angle = 0.0, predictedAngle = 0.0
    var norm = 0.0, firstNorm = 0.0, predictedNorm = 0.0
    /// p of η/‖w‖^p.
    var exponent = 2.0
    /// Of an asynchronous run: the growth by radial gradients.
    var staleGrowth = 0.0
    var loss = 0.0
    var testError = 0.0
    var diverged = false
  }

  /// Makes the world another than theory's.
  var distort: @Sendable (inout Reading, Facts) -> Void = { _, _ in }

  func train(_ specs: [RunSpec]) throws -> [Observation] {
    specs.map { spec in
      let resolved = spec.resolved
      var rows: [MetricRow] = []
      var last = Reading()
      for (index, layer) in ["dense1", "dense2"].enumerated() {
        let facts = Facts(resolved, layer: index)
        last = facts.theory
        distort(&last, facts)
        rows += Self.rows(last, facts, layer)
      }
      let facts = Facts(resolved, layer: 0)
      if facts.spec.isAsynchronous {
        rows += facts.windows.map {
          MetricRow(step: $0, layer: "", metric: GradientStaleness.name, statistic: .mean, value: 3)
        }
      }
      // A layer without scale-invariant weights has norms and no rate.
      rows += facts.windows.map {
        MetricRow(step: $0, layer: "head", metric: WeightNorm.name, statistic: .layer, value: 1)
      }
      rows += facts.windows.map {
        MetricRow(step: $0, layer: "", metric: TrainLoss.name, statistic: .mean, value: last.loss)
      }
      return Observation(
        spec: resolved, folder: "world", result: last.diverged ? nil : Self.result(last), metrics: MetricTable(rows))
    }
  }

  private static func rows(_ reading: Reading, _ facts: Facts, _ layer: String) -> [MetricRow] {
    let windows = facts.windows
    return windows.flatMap { step -> [MetricRow] in
      let norm = step == windows.first ? reading.firstNorm : reading.norm
      let values: [(MetricName, Statistic, Double)] = [
        (AngularUpdate.name, .rms, reading.angle), (PredictedAngularUpdate.name, .rms, reading.predictedAngle),
        (WeightNorm.name, .layer, norm), (PredictedNorm.name, .layer, reading.predictedNorm),
        (EffectiveRate.name, .p50, facts.lastRate / pow(norm, reading.exponent)),
      ]
      let stale: [(MetricName, Statistic, Double)] = [
        (StaleGrowth.name, .layer, reading.staleGrowth),
        (PredictedStaleNorm.name, .layer, reading.predictedNorm * pow(1 + reading.staleGrowth, 0.25)),
      ]
      return (values + (facts.spec.isAsynchronous ? stale : [])).map {
        MetricRow(step: step, layer: layer, metric: $0.0, statistic: $0.1, value: $0.2)
      }
    }
  }

  static func result(_ reading: Reading = Reading()) -> RunResult {
    RunResult(
      run: "", steps: 1, epochs: 1, trainLoss: reading.loss, testLoss: nil, testError: reading.testError,
      bestTestError: nil, weightsSHA256: "", samplesUsed: 1, imagesPerSecond: 1, seconds: 1, workers: 1, servers: 1,
      threads: 1, effectiveLearningRateDefinition: "", layers: [])
  }
}

/// What theory needs to know of one layer of one run.
struct Facts {
  let spec: RunSpec
  let layer: Int

  private let hash: UInt64

  init(_ spec: RunSpec, layer: Int) {
    (self.spec, self.layer) = (spec, layer)
    hash = (spec.identity + "\(layer)").utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  }

  var isAdam: Bool { spec.optimizer.name.rawValue == "adam" }
  var isAdamW: Bool { spec.optimizer.name.rawValue == "adamw" }
  var isLARS: Bool { spec.optimizer.name.rawValue == "lars" }
  var isProjected: Bool { spec.projection != .none }
  var rate: Double { spec.optimizer.learningRate ?? .nan }
  /// η after the schedule's change; a cosine's end does not matter here.
  var lastRate: Double { rate * (spec.schedule.factor ?? 1) }
  var decay: Double { isAdamW ? spec.weightDecay ?? 0 : 2 * (spec.l2 ?? 0) }
  var windows: [Int] {
    let every = spec.execution.metricsEvery
    return Array(stride(from: every, through: spec.steps ?? every, by: every))
  }

  /// Deterministic, of mean about 0 over the seeds and different in every run.
  func noise(_ size: Double) -> Double {
    size * (Double((hash >> 20) % 2001) / 1000 - 1)
  }

  /// What is the same along a ridge.
  private var ridge: Double { isAdam ? lastRate * lastRate * decay : lastRate * decay }

  var theory: World.Reading {
    var reading = World.Reading()
    let live = layer == 0 ? 600.0 : 128.0
    let squaredGradient = (layer == 0 ? 3e-3 : 5e-4) * 64 / Double(spec.batch)
    let start = 2.0.squareRoot() * spec.initScale
    reading.exponent = isAdam || isAdamW ? 1 : 2
    reading.firstNorm = start
    if isProjected {
      (reading.norm, reading.firstNorm) = (1, 1)
    } else if decay > 0 {
      reading.predictedAngle = isAdam ? cbrt(2 * ridge * live / squaredGradient.squareRoot()) : (2 * ridge).squareRoot()
      reading.predictedNorm =
        isAdam
        ? cbrt(lastRate * (squaredGradient * live).squareRoot() / (2 * decay))
        : isAdamW ? (lastRate * live / (2 * decay)).squareRoot() : pow(lastRate * squaredGradient / (2 * decay), 0.25)
      reading.staleGrowth = spec.isAsynchronous ? 0.5 : 0
      reading.angle = reading.predictedAngle * (1 + noise(0.002)) / (1 + reading.staleGrowth).squareRoot()
      reading.norm = reading.predictedNorm * (1 + noise(0.002)) * pow(1 + reading.staleGrowth, 0.25)
    } else {
      let early = spec.schedule.factor.map { $0 < 1 ? 1 / $0 : 1 } ?? 1
      reading.norm =
        isAdam || isAdamW
        ? (start * start + 3e6 * rate * rate).squareRoot() : pow(pow(start, 4) + 3e5 * rate * rate / early, 0.25)
    }
    reading.loss = 0.1 * pow(ridge, 0.2) * (1 + noise(0.01))
    reading.testError = error + noise(0.001) / 2
    return reading
  }

  /// A parabola in the logarithm of the effective rate about its best.
  private var error: Double {
    let best: Double
    let effective: Double
    if spec.follow != nil {
      (effective, best) = (1, 1)  // that of the best run, which is what claims follow
    } else if isProjected || isLARS {
      (effective, best) = (rate, 0.3)
    } else if decay > 0 {
      (effective, best) = (ridge, isAdam ? 1e-7 : 1e-3)
    } else {
      (effective, best) = (rate / pow(spec.initScale, isAdam ? 1 : 2), isAdam ? 0.03 : 3)
    }
    let distance = log10(effective / best)
    return 0.042 + 0.004 * distance * distance
  }
}
