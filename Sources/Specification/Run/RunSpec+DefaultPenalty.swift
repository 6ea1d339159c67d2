import Optimization
import Parameters

extension RunSpec {
  /// λ of a run that gives neither `l2` nor `weightDecay`: such that the network comes to its equilibrium within the default
  /// number of epochs, and tests well. Found by the search of cluster/plans/defaults.yaml, which docs/sweeps.md reports.
  ///
  /// Only for what was searched: momentum and nesterov, with normalized weights. Others have the optimizer's default.
  var defaultL2: Double {
    let optimizerDefault = optimizer.name.defaults.l2
    guard [Nesterov.name, Momentum.name].contains(optimizer.name.rawValue), normalization != .none else {
      return optimizerDefault
    }
    return switch (network.preset, dataset.name) {
    case (.mlp, _), (.custom, _): optimizerDefault
    case (.conv3, .glyphs): 0.025
    case (.conv4, .glyphs): 0.01
    case (.conv3, _), (.conv4, _): 0.0025
    }
  }
}
