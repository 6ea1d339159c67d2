/// A normalization's parameters and statistics in the last step of a logging window, one element per channel.
package struct NormalizationWindow: Hashable, Sendable {
  package var gamma: [ElementWindow] = []
  package var beta: [ElementWindow] = []
  /// Empty without running statistics, which only batch normalization has.
  package var runningMean: [ElementWindow] = []
  package var runningVariance: [ElementWindow] = []
  /// ε, added to the variance under the root.
  package var epsilon: Double?

  package init() {}
}
