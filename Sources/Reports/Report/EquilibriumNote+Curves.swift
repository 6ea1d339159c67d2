import Records

extension EquilibriumNote {
  /// What the run's curves say of the time in which it still learned: at the end of a schedule the learning rate is near 0, and a
  /// layer would take forever. The steps that it needs are those at the mean pace of the run.
  init?(_ curves: RunCurves) {
    let rates = curves.learningRate.map { $0.isFinite ? $0 : 0 }
    // The last window in which the rate was at least a tenth of the greatest.
    guard let last = rates.lastIndex(where: { $0 >= (rates.max() ?? 0) / 10 }), let steps = curves.steps.last else {
      return nil
    }
    let predicted = curves.layers.compactMap { layer -> Layer? in
      func value(_ curve: RunCurves.Curve) -> Double? { layer[curve][...last].last(where: \.isFinite) }
      guard let state = value(.inEquilibrium) else { return nil }
      let constants = layer[.timeConstant][...last].filter { $0.isFinite && $0 > 0 }
      guard !constants.isEmpty else { return nil }
      let pace = constants.reduce(0) { $0 + 1 / $1 } / Double(constants.count)
      return Layer(
        name: layer.name, isThere: state == 1, norm: value(.norm), predictedNorm: value(.predictedNorm),
        needed: 1 / pace)
    }
    self.init(predicted, of: curves.layers.count, after: steps)
  }
}
