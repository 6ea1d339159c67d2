/// One element of γ, β, a bias or a running statistic in the last step of a logging window.
package struct ElementWindow: Hashable, Sendable {
  /// The value before the step.
  package var value: Double
  /// The averaged gradient without penalties; for a running statistic, the mean of the step's microbatches.
  package var gradient: Double
  /// What the step added to `value`.
  package var update: Double

  package init(value: Double, gradient: Double, update: Double) {
    self.value = value
    self.gradient = gradient
    self.update = update
  }

  /// Doubles in the serialized form: the properties in their order.
  package static let doubleCount = 3
}
