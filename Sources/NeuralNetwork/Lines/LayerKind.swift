import Parameters

/// What a line of a network can begin with.
enum LayerKind: String, CaseIterable {
  case conv, dense, norm, batchNorm, layerNorm, groupNorm, rmsNorm, weightNorm, relu, gelu, dropout, save, add, maxPool,
    averagePool,
    globalAveragePool,
    flatten

  /// A number after the kind.
  struct Argument {
    let name: String
    /// `nil` if it must be given.
    let fallback: String?

    init(_ name: String, _ fallback: String? = nil) {
      self.name = name
      self.fallback = fallback
    }
  }

  /// The one that may come first without its name. A plain number is the size of something, and no constant.
  var plainArgument: String? { arguments.first.flatMap { $0.name == "epsilon" ? nil : $0.name } }

  var arguments: [Argument] {
    let epsilon = Argument("epsilon", "\(Normalization.Settings().epsilon)")
    return switch self {
    case .conv: [Argument("outputs"), Argument("kernel", "3"), Argument("stride", "1")]
    case .dense: [Argument("outputs")]
    case .batchNorm, .layerNorm, .rmsNorm: [epsilon]
    case .groupNorm: [Argument("groups", "\(Normalization.Settings().groups)"), epsilon]
    case .maxPool, .averagePool: [Argument("size"), Argument("stride", ""), Argument("padding", "0")]
    case .dropout: [Argument("rate")]
    case .save, .add: [Argument("name")]
    case .norm, .weightNorm, .relu, .gelu, .globalAveragePool, .flatten: []
    }
  }
}
