package import Records
package import Specification

/// Claim 12: ‖w‖ converges to the value at which decay and gradient noise balance, with G² = mean ‖w‖²‖g‖² of the run.
package struct NormIsPredicted: Claim {
  package let number = 12
  package let group = ClaimGroup.equilibrium
  package let statement = "In equilibrium ‖w‖ is the norm predicted from the measured gradients, in every layer."
  package let source = "van Laarhoven 2017, arXiv:1706.05350 (the balance); Wan et al. 2020, arXiv:2006.08419"

  package let picture: ClaimPicture? = ClaimPicture(
    x: .init("predicted ‖w‖ of the layer", logarithmic: true), y: .init("measured ‖w‖ of the layer", logarithmic: true),
    caption:
      "One mark for each η, λ_d and layer, a mean over seeds: in equilibrium the measured norm is the predicted one.")

  package init() {}

  package func isCalibrated(for network: NetworkSpec.Preset) -> Bool { network == .mlp || network == .conv3 }

  package func examine(in laboratory: any Laboratory, _ setting: Setting) throws -> [Finding] {
    try laboratory.settle(Regime.settling(in: setting), in: setting).flatMap { settled in
      settled.layers.map { layer in
        Finding(
          "\(settled.regime), \(layer): norm / predicted", expected: "1",
          meanOf: ratios(settled.norms(layer), settled.predictedNorms(layer)),
          in: about(1, tolerance(settled.regime.optimizer, setting)), isJudged: settled.regime.isJudged(in: setting)
        ).scaled(settled.regime.optimizer.rawValue, by: mean(settled.predictedNorms(layer)))
      }
    }
  }

  private func tolerance(_ optimizer: Optimizer, _ setting: Setting) -> Double {
    guard setting.network == .mlp else { return Margins.Equilibrium.convolutionNorm }
    switch optimizer {
    case .sgd, .momentum, .nesterov: return Margins.Equilibrium.descentNorm
    case .adamW: return Margins.Equilibrium.adamWNorm
    case .adam, .lars: return Margins.Equilibrium.adamNorm
    }
  }
}
