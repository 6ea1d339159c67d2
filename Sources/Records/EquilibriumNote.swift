import Foundation

/// Says in one sentence which layers have reached the equilibrium that the predictions are about, and what the others lack.
package struct EquilibriumNote {
  package let text: String

  /// A layer that has a predicted equilibrium.
  package struct Layer {
    let name: String
    /// Whether growth by steps and reduction by decay cancel.
    let isThere: Bool
    /// |‖w‖ / predicted ‖w‖ − 1|; `nil` if it is not known.
    let distance: Double?
    /// Steps in which a departure shrinks to 1/e.
    let needed: Double?

    package init(name: String, isThere: Bool, norm: Double?, predictedNorm: Double?, needed: Double?) {
      (self.name, self.isThere, self.needed) = (name, isThere, needed)
      distance = norm.flatMap { norm in predictedNorm.flatMap { $0 > 0 ? abs(norm / $0 - 1) : nil } }
    }
  }

  /// Distances up to this are called near: gradients shrink while a network learns, and the norms follow with a delay.
  private static let near = 0.25

  /// - Parameters:
  ///   - predicted: the layers with a prediction.
  ///   - count: of all layers.
  ///   - steps: that the run has had.
  /// - Returns: `nil` where no layer has an equilibrium to reach.
  package init?(_ predicted: [Layer], of count: Int, after steps: Int) {
    guard !predicted.isEmpty else { return nil }
    func names(_ some: [Layer]) -> String {
      some.count == count ? "all layers" : some.map(\.name).joined(separator: ", ")
    }
    let rest = predicted.filter { !$0.isThere }
    let needed = rest.compactMap(\.needed).max() ?? 0
    let distances = rest.compactMap(\.distance)
    let farthest = distances.count == rest.count ? distances.max() : nil
    if rest.isEmpty {
      text = "in equilibrium: \(names(predicted))"
    } else if needed > Double(steps), needed < 1e15 {
      text = "not yet in equilibrium: \(names(rest)); needs about \(Self.rough(needed)) steps, had \(steps)"
    } else if let farthest, farthest <= Self.near {
      text = "near equilibrium: \(names(rest)); ‖w‖ within \(Self.percent(farthest)) of the prediction"
    } else {
      let off = farthest.map { "; ‖w‖ off the prediction by up to \(Self.percent($0))" } ?? ""
      text = "not in equilibrium: \(names(rest))\(off)"
    }
  }

  /// Two significant digits.
  private static func rough(_ value: Double) -> Int {
    let unit = pow(10, max(log10(max(value, 1)).rounded(.down) - 1, 0))
    return Int((value / unit).rounded() * unit)
  }

  /// Rounded up, so that "within" is true.
  private static func percent(_ fraction: Double) -> String {
    "\(Int((100 * min(fraction, 1e6)).rounded(.up))) %"
  }
}

extension EquilibriumNote {
  /// What the last logging window says.
  package init?(of layers: [RunResult.Layer], after steps: Int) {
    let predicted = layers.compactMap { layer in
      layer.isInEquilibrium.map {
        Layer(
          name: layer.name, isThere: $0, norm: layer.norm, predictedNorm: layer.predictedNorm,
          needed: layer.equilibriumTimeConstant)
      }
    }
    self.init(predicted, of: layers.count, after: steps)
  }
}
