import Foundation

/// Whether the norms of a run's layers have reached the equilibrium that the predictions are about, while the run still learned:
/// at the end of a schedule the learning rate is near 0, and a layer would take forever.
struct Equilibrium {
  /// Names of the layers that have a predicted equilibrium, and of those that have not reached it.
  private let predicted: [String]
  private let missing: [String]
  private let layers: Int
  /// Steps in which a departure shrinks to 1/e, at the mean pace of the run; of the slowest layer that is missing.
  private let needed: Double
  private let steps: Int

  /// - Returns: `nil` where no layer has a prediction.
  init?(_ curves: RunCurves) {
    let rates = curves.learningRate.map { $0.isFinite ? $0 : 0 }
    // The last window in which the rate was at least a tenth of the greatest.
    guard let last = rates.lastIndex(where: { $0 >= (rates.max() ?? 0) / 10 }), let steps = curves.steps.last else {
      return nil
    }
    let states = curves.layers.compactMap { layer -> (name: String, isThere: Bool, pace: Double)? in
      guard let state = layer[.inEquilibrium][...last].last(where: \.isFinite) else { return nil }
      let constants = layer[.timeConstant][...last].filter { $0.isFinite && $0 > 0 }
      guard !constants.isEmpty else { return nil }
      return (layer.name, state == 1, constants.reduce(0) { $0 + 1 / $1 } / Double(constants.count))
    }
    guard !states.isEmpty else { return nil }
    (layers, self.steps) = (curves.layers.count, steps)
    predicted = states.map(\.name)
    let rest = states.filter { !$0.isThere }
    missing = rest.map(\.name)
    needed = rest.map { 1 / $0.pace }.max() ?? 0
  }

  /// Such as `not yet in equilibrium: dense1; needs about 2500 steps, had 250`.
  var words: String {
    func names(_ some: [String]) -> String { some.count == layers ? "all layers" : some.joined(separator: ", ") }
    guard !missing.isEmpty else { return "in equilibrium: \(names(predicted))" }
    guard needed > Double(steps), needed < 1e15 else { return "not in equilibrium: \(names(missing))" }
    let unit = pow(10, max(log10(needed).rounded(.down) - 1, 0))
    return "not yet in equilibrium: \(names(missing)); needs about \(Int((needed / unit).rounded() * unit)) steps, had "
      + "\(steps)"
  }
}
