package import Reports

/// The three runs side by side: whether decay did anything but raise the effective learning rate.
package struct DemoComparison: Encodable {
  package struct Row: Encodable {
    package let run: String
    package let title: String
    /// ‖w‖ of the layer's median filter, before the first and the last step.
    package let firstNorm: Double
    package let lastNorm: Double
    /// Of the layer's median filter, in the last step.
    package let effectiveLearningRate: Double
    package let testError: Double?
    /// The largest difference from run A's training loss, in means over `window` steps.
    package let lossDifference: Double
  }

  /// The first layer with an effective learning rate.
  package let layer: String
  package let rows: [Row]
  /// Steps over which losses are averaged before they are compared.
  package static let window = 20

  /// - Parameter runs: A, B and C with their test errors.
  /// - Returns: `nil` if a run has no curves.
  package init?(_ runs: [(run: DemoRun, curves: RunCurves, testError: Double?)]) {
    guard let reference = runs.first, let name = reference.curves.layers.first?.name else { return nil }
    var rows: [Row] = []
    for (run, curves, testError) in runs {
      guard let layer = curves.layers.first(where: { $0.name == name }), let first = layer[.norm].first,
        let last = layer[.norm].last, let rate = layer[.rate].last
      else { return nil }
      rows.append(
        Row(
          run: run.rawValue, title: run.title, firstNorm: first, lastNorm: last, effectiveLearningRate: rate,
          testError: testError, lossDifference: Self.difference(curves.trainLoss, reference.curves.trainLoss)))
    }
    (layer, self.rows) = (name, rows)
  }

  /// Whether C's losses are A's, by far more than B's are, though C's weights are not.
  package var isShown: Bool { rows.count == 3 && 3 * rows[2].lossDifference < rows[1].lossDifference && normRatio > 2 }

  /// ‖w‖ of C, over that of A.
  package var normRatio: Double { rows.count == 3 ? rows[2].lastNorm / rows[0].lastNorm : 1 }

  /// The largest difference of means over `window` values.
  package static func difference(_ a: [Double], _ b: [Double]) -> Double {
    let count = min(a.count, b.count)
    guard count > 0 else { return .nan }
    return stride(from: 0, to: count, by: window).map { start in
      let range = start..<min(start + window, count)
      return abs(range.reduce(0) { $0 + a[$1] - b[$1] }) / Double(range.count)
    }.max() ?? .nan
  }
}
