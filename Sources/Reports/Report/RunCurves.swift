import Foundation

/// The curves of a run's `metrics.csv` that a report draws, thinned to the resolution of a figure.
///
/// Rows of other metrics are skipped as bytes: a run's file may have millions, and a report many runs.
package struct RunCurves: Sendable {
  /// Of the windows kept; every curve has a value for each, NaN where it is undefined.
  package private(set) var steps: [Int] = []
  package private(set) var trainLoss: [Double] = []
  package private(set) var learningRate: [Double] = []
  package private(set) var layers: [Layer] = []
  /// All evaluations on the test images, whatever windows are kept.
  package private(set) var evaluations: [Evaluation] = []

  package struct Evaluation: Hashable, Sendable {
    package let step: Int
    /// A fraction.
    package let testError: Double
  }

  package struct Layer: Sendable {
    package let name: String
    /// In the order of `Curve`.
    fileprivate(set) var curves: [[Double]]

    package subscript(_ curve: Curve) -> [Double] { curves[curve.rawValue] }
  }

  /// Of a layer; the median over the filters, unless it says otherwise.
  package enum Curve: Int, CaseIterable {
    case norm, predictedNorm, predictedNormLow, predictedNormHigh, rate, angle, predictedAngle
    /// Of the layer, where the wire is lossy.
    case wireError, wireErrorWeights
    /// 1 or 0; and in steps.
    case inEquilibrium, timeConstant

    /// Those that are drawn.
    static let drawn = allCases.filter { $0 != .inEquilibrium && $0 != .timeConstant }
  }

  /// - Returns: empty curves where there is no file.
  package init(metricsAt path: String, points: Int) {
    // Read, not mapped: a run that rewinds to a checkpoint truncates the file under a mapping.
    guard let data = try? Data(contentsOf: URL(fileURLWithPath: path)) else { return }
    let (steps, collector, evaluations) = unsafe data.withUnsafeBytes { bytes in
      let header = unsafe bytes.firstIndex(of: 0x0A) ?? bytes.count
      let first = unsafe MetricsScan.someWindows(bytes, from: header + 1, count: 1).first?.bytes.count ?? 1
      // A file of many windows is sampled, not read whole.
      let windows =
        bytes.count / max(first, 1) > 2 * points
        ? unsafe MetricsScan.someWindows(bytes, from: header + 1, count: points)
        : unsafe MetricsScan.windows(bytes, from: header + 1)
      let steps = Self.thinned(Set(windows.map(\.step)).sorted(), to: points)
      let kept = Set(steps)
      var collector = Collector(steps: steps)
      for window in windows where kept.contains(window.step) {
        var scan = unsafe MetricsScan(UnsafeRawBufferPointer(rebasing: bytes[window.bytes]))
        while let row = scan.next() { collector.take(row, at: window.step) }
      }
      return unsafe (steps, collector, MetricsScan.testErrors(bytes))
    }
    (self.steps, self.evaluations) = (steps, evaluations)
    (trainLoss, learningRate) = (collector.trainLoss, collector.learningRate)
    layers = collector.layers.filter { $0[.rate].contains { !$0.isNaN } }
  }

  /// The mean over the run's steps of a quantity of the layers, and the geometric mean of it over the layers: one number that
  /// says how fast a run learned. `nil` where it is undefined.
  package func pathMean(_ curve: Curve) -> Double? {
    let means = layers.compactMap { layer -> Double? in
      let values = layer[curve].filter(\.isFinite)
      return values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
    }
    guard !means.isEmpty, means.allSatisfy({ $0 > 0 }) else { return nil }
    return exp(means.reduce(0) { $0 + log($1) } / Double(means.count))
  }

  /// With at most `count` windows and evaluations.
  func thinned(to count: Int) -> RunCurves {
    guard steps.count > count || evaluations.count > count else { return self }
    var copy = self
    copy.steps = Self.thinned(steps, to: count)
    copy.trainLoss = Self.thinned(trainLoss, to: count)
    copy.learningRate = Self.thinned(learningRate, to: count)
    copy.evaluations = Self.thinned(evaluations, to: count)
    for index in layers.indices { copy.layers[index].curves = layers[index].curves.map { Self.thinned($0, to: count) } }
    return copy
  }

  /// At most `count` of the values, evenly spaced, with the first and the last.
  package static func thinned<Value>(_ values: [Value], to count: Int) -> [Value] {
    guard values.count > count, count > 1 else { return values }
    return (0..<count).map { values[($0 * (values.count - 1) + (count - 1) / 2) / (count - 1)] }
  }

  private struct Collector {
    private let places: [Int: Int]
    private let empty: [Double]
    var trainLoss: [Double]
    var learningRate: [Double]
    var layers: [Layer] = []

    init(steps: [Int]) {
      places = Dictionary(steps.enumerated().map { ($1, $0) }, uniquingKeysWith: { _, last in last })
      empty = Array(repeating: .nan, count: steps.count)
      (trainLoss, learningRate) = (empty, empty)
    }

    mutating func take(_ row: MetricsScan.Row, at step: Int) {
      guard let place = places[step] else { return }
      switch row.quantity {
      case .trainLoss: trainLoss[place] = row.value
      case .learningRate: learningRate[place] = row.value
      case .layer(let curve):
        let index =
          layers.firstIndex { $0.name == row.layer }
          ?? {
            layers.append(Layer(name: row.layer, curves: Curve.allCases.map { _ in empty }))
            return layers.count - 1
          }()
        layers[index].curves[curve.rawValue][place] = row.value
      }
    }
  }
}
