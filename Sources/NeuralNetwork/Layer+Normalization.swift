package import Parameters

/// The consequences of a normalization for adjacent layers.
extension Layer {
  /// The layer that performs `operation`.
  init(_ operation: Normalization.Operation, _ settings: Normalization.Settings) {
    self =
      switch operation {
      case .batchStatistics: .batchNormalization(epsilon: settings.epsilon)
      case .sampleStatistics(.fixed(let groups)): .groupNormalization(groups: groups, epsilon: settings.epsilon)
      case .sampleStatistics(.given): .groupNormalization(groups: settings.groups, epsilon: settings.epsilon)
      case .sampleRMS: .rmsNormalization(epsilon: settings.epsilon)
      case .filterNorm: .weightNormalization
      }
  }

  var isNormalization: Bool {
    switch self {
    case .batchNormalization, .groupNormalization, .rmsNormalization, .weightNormalization: true
    default: false
    }
  }

  /// The scale-invariance of weights with `filters` filters directly before this layer.
  package func invarianceOfWeightsBefore(filters: Int) -> Parameter.ScaleInvariance {
    switch self {
    case .batchNormalization, .weightNormalization: .filter
    case .groupNormalization(let groups, _) where groups > 0 && filters.isMultiple(of: groups):
      .groups(ofFilters: filters / groups)
    case .rmsNormalization: .groups(ofFilters: filters)
    default: .none
    }
  }

  /// Whether f(αx) = f(x) for α > 0, except for ε. Weight normalization removes the scale of weights, not of x.
  var removesScale: Bool {
    switch self {
    case .batchNormalization, .groupNormalization, .rmsNormalization: true
    default: false
    }
  }

  /// Whether a constant added to each channel of x changes nothing: a bias before it would be a dead parameter.
  var removesBias: Bool {
    if case .batchNormalization = self { true } else { false }
  }

  /// Whether f(αx) = α f(x) for α > 0 if the layer has no bias.
  var isPositivelyHomogeneous: Bool {
    switch self {
    case .convolution, .dense, .relu, .maxPool, .averagePool, .globalAveragePool, .flatten, .dropout: true
    case .batchNormalization, .groupNormalization, .rmsNormalization, .weightNormalization, .gelu: false
    // Scaled, a branch changes its proportion to the other one.
    case .save, .add: false
    }
  }

  /// The parameters of a normalization, one element per channel, with their initial values.
  var channelParameters: [(role: Parameter.Role, group: Parameter.Group, value: Double)] {
    switch self {
    case .batchNormalization:
      [
        (.gamma, .gammaBeta, 1), (.beta, .gammaBeta, 0), (.runningMean, .statistics, 0),
        (.runningVariance, .statistics, 1),
      ]
    case .groupNormalization, .rmsNormalization, .weightNormalization:
      [(.gamma, .gammaBeta, 1), (.beta, .gammaBeta, 0)]
    default: []
    }
  }
}
