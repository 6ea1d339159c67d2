package import Records
package import Specification

/// Claim 17: all layers have the same angular update under SGD and AdamW, but not under Adam with coupled decay.
///
/// The ratio of the largest layer's RMS angle to the smallest's, per seed. For Adam, the two hidden layers differ
/// enough in size and gradients; a convolutional network is judged for SGD and AdamW only, whose regimes are calibrated
/// there.
package struct LayersAreBalanced: Claim {
  package let number = 17
  package let group = ClaimGroup.equilibrium
  package let statement = "SGD and AdamW turn all layers by the same angle; Adam with L2 does not."
  package let source = "Kosson et al. 2023, arXiv:2305.17212"

  package init() {}

  package func isCalibrated(for network: NetworkSpec.Preset) -> Bool { network == .mlp || network == .conv3 }

  package func examine(in laboratory: any Laboratory, _ setting: Setting) throws -> [Finding] {
    try laboratory.settle(Regime.settling(in: setting), in: setting).map { settled in
      let byLayer = settled.layers.map(settled.angles)
      let imbalance = settled.runs.indices.map { seed in
        let angles = byLayer.map { $0[seed] }
        return angles.contains { !$0.isFinite } ? .nan : (angles.max() ?? .nan) / (angles.min() ?? .nan)
      }
      let isBalanced = settled.regime.optimizer != .adam
      return Finding(
        "\(settled.regime): largest layer's angle / smallest's", expected: isBalanced ? "1" : "above 1",
        meanOf: imbalance,
        in: isBalanced ? 1...Margins.Equilibrium.balanced : Margins.Equilibrium.imbalanced ... .infinity,
        isJudged: settled.regime.isJudged(in: setting))
    }
  }
}
