package import Records
package import Specification

/// Claim 11: at constant η the angular update converges to the value at which decay and gradient noise balance.
///
/// Every (η, λ_d) of group B is examined, each layer separately; the mean over seeds decides. Under Adam with coupled
/// decay the angle depends on the layer's gradients, so it is reported only.
package struct AngleIsPredicted: Claim {
  package let number = 11
  package let group = ClaimGroup.equilibrium
  package let statement = "In equilibrium the RMS angle of a step is the predicted one, in every layer."
  package let source = "Wan et al. 2020, arXiv:2006.08419; Kosson et al. 2023, arXiv:2305.17212"

  package let picture: ClaimPicture? = ClaimPicture(
    x: .init("predicted angle of a step, rad", logarithmic: true),
    y: .init("measured angle, RMS, rad", logarithmic: true),
    caption:
      "One mark for each η, λ_d and layer, a mean over seeds: in equilibrium the measured angle is the predicted one.")

  package init() {}

  package func isCalibrated(for network: NetworkSpec.Preset) -> Bool { network == .mlp || network == .conv3 }

  package func examine(in laboratory: any Laboratory, _ setting: Setting) throws -> [Finding] {
    try laboratory.settle(Regime.settling(in: setting), in: setting).flatMap { settled in
      settled.layers.map { layer in
        Finding(
          "\(settled.regime), \(layer): angle / predicted", expected: "1",
          meanOf: ratios(settled.angles(layer), settled.predictedAngles(layer)),
          in: about(1, tolerance(settled.regime, setting)),
          isJudged: settled.regime.optimizer != .adam && settled.regime.isJudged(in: setting)
        ).scaled(settled.regime.optimizer.rawValue, by: mean(settled.predictedAngles(layer)))
      }
    }
  }

  private func tolerance(_ regime: Regime, _ setting: Setting) -> Double {
    guard setting.network == .mlp else { return Margins.Equilibrium.convolutionAngle }
    return regime.optimizer.isDescent ? Margins.Equilibrium.descentAngle : Margins.Equilibrium.adamWAngle
  }
}
