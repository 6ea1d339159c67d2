/// What follows the weights of a hidden layer, under the name that people type.
///
/// A normalisation is one of the operations that every backend has, with its extents. So a new one is a value in a file
/// of its own and a word in `allCases`: layers, parameters, scale-invariance, fields and their checks follow from it.
package struct Normalization: Hashable, Sendable, Codable, RawRepresentable {
  package let rawValue: String
  /// `nil`: the weights are all there is.
  package let operation: Operation?

  package init(_ name: String, _ operation: Operation?) {
    rawValue = name
    self.operation = operation
  }

  package init?(rawValue: String) {
    guard let known = Normalization.allCases.first(where: { $0.rawValue == rawValue }) else { return nil }
    self = known
  }

  package enum Operation: Hashable, Sendable {
    /// Mean and variance of each channel, over the samples and positions of a microbatch; running ones for evaluation.
    case batchStatistics
    /// Mean and variance of each sample, over each of so many equal groups of channels and all positions.
    case sampleStatistics(groups: GroupCount)
    /// The norm of each filter of the weights; the activations keep their scale.
    case filterNorm
  }

  package enum GroupCount: Hashable, Sendable {
    case fixed(Int)
    /// What the field `normalizationGroups` says.
    case given
  }

  /// The constants of a run's normalisation.
  package struct Settings: Hashable, Sendable {
    /// Channel groups of each layer, where the normalisation asks for them.
    package let groups: Int
    /// ε, added to the variance under the root.
    package let epsilon: Double
    /// Whether the layers before a normalisation have a bias: the control experiment that breaks scale-invariance.
    package let biasBefore: Bool

    package init(groups: Int = 8, epsilon: Double = 1e-5, biasBefore: Bool = false) {
      self.groups = groups
      self.epsilon = epsilon
      self.biasBefore = biasBefore
    }
  }

  /// Whether the number of channel groups is the run's choice.
  package var takesGroups: Bool { operation == .sampleStatistics(groups: .given) }

  /// Whether there is a variance that ε is added to.
  package var takesEpsilon: Bool { operation != nil && operation != .filterNorm }

  /// Whether the samples of a microbatch share statistics.
  package var takesBatchStatistics: Bool { operation == .batchStatistics }

  /// Whether a constant added to a channel before it changes nothing.
  package var removesBias: Bool { operation == .batchStatistics }

  /// Whether each filter before it is scale-invariant by itself, not only together with others.
  package var actsOnFilters: Bool { operation == .batchStatistics || operation == .filterNorm }
}
