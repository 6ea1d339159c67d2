/// A normalisation's parameters and statistics in the last step of a logging window, one element a channel.
package struct NormalizationWindow: Hashable, Sendable {
  package var gamma: [ElementWindow] = []
  package var beta: [ElementWindow] = []
  /// Empty where nothing is averaged over steps: only batch normalisation has running statistics.
  package var runningMean: [ElementWindow] = []
  package var runningVariance: [ElementWindow] = []
  /// Added to the variance under the root.
  package var epsilon: Double?

  package init() {}
}
