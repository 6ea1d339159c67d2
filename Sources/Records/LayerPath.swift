import EffectiveLearningRate

extension RunResult {
  /// The layers over all logging windows of the run: what a last step cannot say whose η a schedule has made small.
  package struct Path: Hashable, Sendable, Codable {
    /// The step of the lowest test error.
    package var bestStep: Int
    package var layers: [Layer]

    package struct Layer: Hashable, Sendable, Codable {
      package var name: String
      /// Means over the windows; of angles, the root mean square.
      package var mean: Reading
      /// In the last window up to `bestStep`.
      package var best: Reading

      package init(name: String, mean: Reading, best: Reading) {
        (self.name, self.mean, self.best) = (name, mean, best)
      }
    }

    /// Medians over the layer's filters; the angle is an RMS.
    package struct Reading: Hashable, Sendable, Codable {
      package var norm: Double?
      package var effectiveLearningRate: Double?
      package var angularUpdate: Double?

      package init(norm: Double? = nil, effectiveLearningRate: Double? = nil, angularUpdate: Double? = nil) {
        (self.norm, self.effectiveLearningRate, self.angularUpdate) = (norm, effectiveLearningRate, angularUpdate)
      }
    }

    package init(bestStep: Int, layers: [Layer]) { (self.bestStep, self.layers) = (bestStep, layers) }
  }
}

/// Collects a run's path window by window, as `metrics.csv` has it.
package struct LayerPath: Sendable {
  private var windows: [(step: Int, layers: [(name: String, reading: RunResult.Path.Reading)])] = []

  package init() {}

  /// The path that these rows of `metrics.csv` record.
  package init(_ rows: [MetricRow]) {
    for rows in rows.byStep {
      guard let step = rows.first?.step else { continue }
      var readings: [(name: String, reading: RunResult.Path.Reading)] = []
      for row in rows {
        guard let quantity = Self.quantity(row) else { continue }
        let index = readings.firstIndex { $0.name == row.layer } ?? readings.count
        if index == readings.count { readings.append((row.layer, .init())) }
        readings[index].reading[keyPath: quantity] = row.value.flatMap { $0.isFinite ? $0 : nil }
      }
      append(step, readings)
    }
  }

  private static func quantity(_ row: MetricRow) -> WritableKeyPath<RunResult.Path.Reading, Double?>? {
    switch (row.metric, row.statistic) {
    case (WeightNorm.name, .p50): \.norm
    case (EffectiveRate.name, .p50): \.effectiveLearningRate
    case (AngularUpdate.name, .rms): \.angularUpdate
    default: nil
    }
  }

  /// The layers of a window that ends with `step`.
  package mutating func append(_ step: Int, _ layers: [RunResult.Layer]) {
    append(
      step,
      layers.map {
        let reading = RunResult.Path.Reading(
          norm: $0.norm, effectiveLearningRate: $0.effectiveLearningRate, angularUpdate: $0.angularUpdate)
        return ($0.name, reading)
      })
  }

  /// Only layers with an effective learning rate have a path.
  private mutating func append(_ step: Int, _ layers: [(name: String, reading: RunResult.Path.Reading)]) {
    let layers = layers.filter { $0.reading.effectiveLearningRate != nil }
    if !layers.isEmpty { windows.append((step, layers)) }
  }

  /// Forgets what came after `step`.
  package mutating func cut(after step: Int) { windows.removeAll { $0.step > step } }

  /// - Parameter bestStep: of the lowest test error.
  /// - Returns: `nil` without a window.
  package func summary(bestStep: Int) -> RunResult.Path? {
    guard let first = windows.first else { return nil }
    let best = windows.last { $0.step <= bestStep } ?? first
    let layers = first.layers.map { name, _ in
      let readings = windows.compactMap { $0.layers.first { $0.name == name }?.reading }
      let squares = readings.compactMap(\.angularUpdate).map { $0 * $0 }
      let mean = RunResult.Path.Reading(
        norm: Self.mean(readings.compactMap(\.norm)),
        effectiveLearningRate: Self.mean(readings.compactMap(\.effectiveLearningRate)),
        angularUpdate: Self.mean(squares)?.squareRoot())
      return RunResult.Path.Layer(
        name: name, mean: mean, best: best.layers.first { $0.name == name }?.reading ?? .init())
    }
    return RunResult.Path(bestStep: bestStep, layers: layers)
  }

  private static func mean(_ values: [Double]) -> Double? {
    values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
  }
}
