import Foundation
package import Parameters

/// One scale-invariance group over the steps of a logging window: a filter, or a whole tensor.
///
/// A fixed number of doubles, so that it can travel as raw numbers. All sums are over the steps of the window.
package struct FilterWindow: Hashable, Sendable {
  /// Steps seen.
  package private(set) var steps = 0.0
  /// ‖w‖ of the last step, before its update.
  package private(set) var weightNorm = 0.0
  /// ‖g‖ of the last step.
  package private(set) var gradientNorm = 0.0
  /// The most weights with g ≠ 0 in any step.
  package private(set) var liveWeights = 0.0
  /// Steps with w ≠ 0; only these have an angle.
  package private(set) var turns = 0.0
  /// Σ angle², in rad².
  package private(set) var squaredAngles = 0.0
  /// Σ ‖d‖²/‖w‖².
  package private(set) var squaredRelativeUpdates = 0.0
  /// Steps with w ≠ 0 and g ≠ 0; only these have a cosine.
  package private(set) var cosines = 0.0
  /// Σ cos²(w, g).
  package private(set) var squaredCosines = 0.0
  /// The cos(w, g) that is farthest from 0.
  package private(set) var extremeCosine = 0.0
  /// Σ ‖w‖²‖g‖², the squared length of the gradient at unit norm.
  package private(set) var squaredUnitGradients = 0.0
  /// Σ (2⟨w, d⟩ + ‖d‖²), the growth of ‖w‖² by the steps (before projection).
  package private(set) var growth = 0.0
  /// Σ ‖d‖².
  package private(set) var squaredUpdates = 0.0

  package init() {}

  /// Takes in one step.
  package mutating func add(_ sums: FilterSums) {
    steps += 1
    weightNorm = sums.w2.squareRoot()
    gradientNorm = sums.g2.squareRoot()
    liveWeights = max(liveWeights, sums.live)
    squaredUnitGradients += sums.w2 * sums.g2
    growth += 2 * sums.wd + sums.d2
    squaredUpdates += sums.d2
    guard sums.w2 > 0 else { return }
    turns += 1
    let angle = sums.angle
    squaredAngles += angle * angle
    squaredRelativeUpdates += sums.d2 / sums.w2
    guard sums.g2 > 0 else { return }
    cosines += 1
    let cosine = sums.wg / (weightNorm * gradientNorm)
    squaredCosines += cosine * cosine
    if abs(cosine) > abs(extremeCosine) { extremeCosine = cosine }
  }

  /// G² = mean of ‖w‖²‖g‖² over the window; `nil` before the first step.
  package var meanSquaredUnitGradient: Double? { steps > 0 ? squaredUnitGradients / steps : nil }
}

extension FilterSums {
  /// The angle between w and w + d, in rad; projection does not change it. By atan2 of the parts of w + d across and
  /// along w: an arc cosine would lose angles below 10⁻⁸. Needs w ≠ 0.
  package var angle: Double {
    let norm = w2.squareRoot()
    let across2 = d2 - wd * wd / w2
    return atan2(max(0, across2).squareRoot(), norm + wd / norm)
  }
}

extension FilterWindow {
  private static let fields: [any WritableKeyPath<FilterWindow, Double> & Sendable] = [
    \.steps, \.weightNorm, \.gradientNorm, \.liveWeights, \.turns, \.squaredAngles, \.squaredRelativeUpdates,
    \.cosines, \.squaredCosines, \.extremeCosine, \.squaredUnitGradients, \.growth, \.squaredUpdates,
  ]

  /// Doubles in the serialised form.
  package static let doubleCount = fields.count

  /// Writes `doubleCount` numbers.
  package func write(to numbers: UnsafeMutablePointer<Double>) {
    for (index, field) in Self.fields.enumerated() { unsafe numbers[index] = self[keyPath: field] }
  }

  /// Reads `doubleCount` numbers, of any value.
  package init(from numbers: UnsafePointer<Double>) {
    for (index, field) in Self.fields.enumerated() { unsafe self[keyPath: field] = numbers[index] }
  }
}
