/// The normalization of a hidden layer, under its name in specs.
///
/// A normalization is one of the operations that every backend supports, with its extents. So a new one is a value in
/// its own file and an entry in `allCases`: layers, parameters, scale-invariance, fields and their validation follow
/// from it.
package struct Normalization: Hashable, Sendable, Codable, RawRepresentable {
  package let rawValue: String
  /// `nil` for no normalization.
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
    /// Mean and variance of each sample, over all positions and each of this many equal groups of channels.
    case sampleStatistics(groups: GroupCount)
    /// The root of the mean square of each sample, over all channels and positions.
    case sampleRMS
    /// The norm of each filter of the weights; the activations keep their scale.
    case filterNorm
  }

  package enum GroupCount: Hashable, Sendable {
    case fixed(Int)
    /// The value of the field `normalizationGroups`.
    case given
  }

  /// The constants of a run's normalization.
  package struct Settings: Hashable, Sendable {
    /// Channel groups of each layer, for normalizations that use them.
    package let groups: Int
    /// ε, added to the variance or mean square under the root.
    package let epsilon: Double
    /// Whether the layers before a normalization have a bias: the control experiment that breaks scale-invariance.
    package let biasBefore: Bool

    package init(groups: Int = 8, epsilon: Double = 1e-5, biasBefore: Bool = false) {
      self.groups = groups
      self.epsilon = epsilon
      self.biasBefore = biasBefore
    }
  }

  /// Whether the number of channel groups is configurable.
  package var takesGroups: Bool { operation == .sampleStatistics(groups: .given) }

  /// Whether there is something under a root that ε is added to.
  package var takesEpsilon: Bool { operation != nil && operation != .filterNorm }

  /// Whether the samples of a microbatch share statistics.
  package var takesBatchStatistics: Bool { operation == .batchStatistics }

  /// Whether a constant added to a channel before it changes nothing.
  package var removesBias: Bool { operation == .batchStatistics }

  /// Whether each filter before it is scale-invariant by itself, not only together with others.
  package var actsOnFilters: Bool { operation == .batchStatistics || operation == .filterNorm }
}
