package import Parameters

/// One scale-invariance group over the steps of a logging window: a filter, or a whole tensor.
///
/// A fixed number of doubles, so that it can be sent as raw numbers. All sums are over the steps of the window; u =
/// w/‖w‖.
package struct FilterWindow: Hashable, Sendable {
  /// Number of steps.
  package private(set) var steps = 0.0
  /// ‖w‖ of the last step, before its update.
  package private(set) var weightNorm = 0.0
  /// ‖g‖ of the last step.
  package private(set) var gradientNorm = 0.0
  /// The largest number of weights with g ≠ 0 in any step.
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

  /// Σ ⟨u, d⟩.
  package private(set) var radialUpdates = 0.0
  /// Σ ⟨u, d⟩².
  package private(set) var squaredRadialUpdates = 0.0
  /// Σ ‖d − u⟨u, d⟩‖².
  package private(set) var squaredTangentialUpdates = 0.0
  /// Σ ⟨u, −ηλw⟩, the contribution of decay to ⟨u, d⟩; see `StepConditions.decay`.
  package private(set) var radialDecays = 0.0
  /// Σ ‖d − u⟨u, d⟩‖/(‖w‖²‖g‖) over the steps with a cosine.
  package private(set) var empiricalRates = 0.0
  /// Steps with w ≠ 0 and d ≠ 0.
  package private(set) var updateCosines = 0.0
  /// Σ cos(w, d).
  package private(set) var cosinesWithUpdate = 0.0
  /// Steps with w ≠ 0 and m ≠ 0, m the first tensor of the optimizer state after the step.
  package private(set) var momentumCosines = 0.0
  /// Σ cos(w, m).
  package private(set) var cosinesWithMomentum = 0.0

  /// Steps with a predecessor, in this window or the previous one; only these test the laws.
  package private(set) var transitions = 0.0
  /// The smallest (‖w_{t+1}‖² − ‖w_t‖²)/‖w_t‖².
  package private(set) var leastGrowth = 0.0
  /// The largest residuals.
  package private(set) var radiusLawResidual = 0.0
  package private(set) var stepRecursionResidual = 0.0
  package private(set) var momentumLawResidual = 0.0

  /// Σ angles since the start of the run, in rad.
  package private(set) var cumulativeAngle = 0.0
  /// Between the weights at the window's end and the run's initial ones, in rad; negative if undefined, as for initial
  /// weights of 0, and before the window's end.
  package private(set) var angleToInitial = -1.0
  /// See `FilterEnd`; negative if not measured. Not 0, which is the measurement of a filter without gradient.
  package private(set) var microbatchSquares = -1.0
  /// See `FilterEnd`; negative if not measured.
  package private(set) var wireSquares = -1.0
  package private(set) var heldSquares = -1.0

  package init() {}

  /// Adds one step, for a group without history.
  package mutating func add(_ sums: FilterSums, in conditions: StepConditions = .none) {
    var history = GroupHistory()
    add(sums, in: conditions, &history)
  }

  /// Adds one step.
  mutating func add(_ sums: FilterSums, in conditions: StepConditions, _ history: inout GroupHistory) {
    steps += 1
    weightNorm = sums.w2.squareRoot()
    gradientNorm = sums.g2.squareRoot()
    liveWeights = max(liveWeights, sums.live)
    squaredUnitGradients += sums.w2 * sums.g2
    growth += 2 * sums.wd + sums.d2
    squaredUpdates += sums.d2
    let angle = sums.w2 > 0 ? sums.angle : 0
    if let transition = history.advance(sums, conditions, angle: angle) { add(transition) }
    cumulativeAngle = history.cumulativeAngle
    guard sums.w2 > 0 else { return }
    turns += 1
    squaredAngles += angle * angle
    squaredRelativeUpdates += sums.d2 / sums.w2
    let radial = sums.wd / weightNorm
    let tangential2 = sums.squaredTangent(radial: radial * radial)
    radialUpdates += radial
    squaredRadialUpdates += radial * radial
    squaredTangentialUpdates += tangential2
    radialDecays -= (conditions.decay ?? 0) * weightNorm
    if sums.d2 > 0 {
      updateCosines += 1
      cosinesWithUpdate += radial / sums.d2.squareRoot()
    }
    if sums.m2 > 0 {
      momentumCosines += 1
      cosinesWithMomentum += sums.wm / (weightNorm * sums.m2.squareRoot())
    }
    guard sums.g2 > 0 else { return }
    cosines += 1
    let cosine = sums.wg / (weightNorm * gradientNorm)
    squaredCosines += cosine * cosine
    if abs(cosine) > abs(extremeCosine) { extremeCosine = cosine }
    empiricalRates += tangential2.squareRoot() / (sums.w2 * gradientNorm)
  }

  private mutating func add(_ transition: GroupHistory.Transition) {
    transitions += 1
    if transitions == 1 || transition.growth < leastGrowth { leastGrowth = transition.growth }
    radiusLawResidual = max(radiusLawResidual, transition.radiusResidual ?? 0)
    stepRecursionResidual = max(stepRecursionResidual, transition.recursionResidual ?? 0)
    momentumLawResidual = max(momentumLawResidual, transition.momentumResidual ?? 0)
  }

  /// Adds the measurements at the window's end.
  package mutating func close(_ end: FilterEnd) {
    angleToInitial = end.journey.w2 > 0 ? end.journey.angle : -1
    microbatchSquares = end.microbatchSquares ?? -1
    wireSquares = end.wireSquares ?? -1
    heldSquares = end.heldSquares ?? -1
  }

  /// G² = mean of ‖w‖²‖g‖² over the window; `nil` before the first step.
  package var meanSquaredUnitGradient: Double? { steps > 0 ? squaredUnitGradients / steps : nil }
}
