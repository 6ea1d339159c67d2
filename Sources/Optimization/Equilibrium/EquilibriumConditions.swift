/// What an equilibrium depends on, for one scale-invariance group.
package struct EquilibriumConditions: Hashable, Sendable {
  /// η
  package let learningRate: Double
  /// λ_d of the penalty, 2λ.
  package let coupledDecay: Double
  /// λ_d of the decoupled decay.
  package let decoupledDecay: Double
  /// G², the mean of ‖w‖²‖g‖².
  package let squaredUnitGradient: Double
  /// C, the number of weights that receive gradients.
  package let liveWeights: Double

  package init(
    learningRate: Double, coupledDecay: Double, decoupledDecay: Double, squaredUnitGradient: Double,
    liveWeights: Double
  ) {
    self.learningRate = learningRate
    self.coupledDecay = coupledDecay
    self.decoupledDecay = decoupledDecay
    self.squaredUnitGradient = squaredUnitGradient
    self.liveWeights = liveWeights
  }
}
