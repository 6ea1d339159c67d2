/// Everything about the statistical claims that is fixed in advance: margins, levels, seeds, grids, steps.
///
/// Sections are those of the project's page of claims: 4 lists the claims, 7 calibrates and corrects them, and takes
/// precedence.
package enum Margins {
  /// Of every interval (section 4).
  package static let confidence = 0.95
  /// p values below it are significant (section 4).
  package static let level = 0.05

  /// Group B.
  package enum Equilibrium {
    package static let seeds = 3  // section 4
    package static let ridgeSeeds = 5  // claim 14
    package static let window = 100  // steps of one row of metrics; an angle is the mean over all of them
    /// Steps averaged after the burn-in (section 4).
    package static func averagedSteps(isReduced: Bool) -> Int { isReduced ? 500 : 2000 }
    /// The burn-in lasts until the initial ‖w‖² has decayed to 1/50 of the equilibrium's (section 7).
    package static let forgotten = 50.0
    /// Steps that Adam's second moments need in addition: 2/(1 − β₂).
    package static let adamHorizon = 2000
    /// Steps of a run without decay, which has no equilibrium to wait for.
    package static func decaylessSteps(isReduced: Bool) -> Int { isReduced ? 1000 : 5000 }

    /// Factor on He normal; ‖w_f‖ = √2/4 lies in the middle of the equilibria of the grids below.
    package static let initialScale = 0.25
    /// The smallest G² of a filter, to estimate ‖w*‖ for the burn-in; 4e-4 on MNIST. Only its logarithm matters.
    package static let leastSquaredUnitGradient = 2e-4
    package static let batch = 64  // in one microbatch (section 7)
    package static let convolutionBatch = 32  // in one microbatch (section 7)

    // Claim 11: relative tolerance of the angle; section 4, and section 7 for convolutions.
    package static let descentAngle = 0.05
    package static let adamWAngle = 0.10
    package static let convolutionAngle = 0.10
    // Claim 12: of the norm.
    package static let descentNorm = 0.08
    package static let adamWNorm = 0.15
    package static let adamNorm = 0.25
    package static let convolutionNorm = 0.12
    // Claim 13: distance of the whole interval of the exponent.
    package static let exponent = 0.05
    package static let adamExponent = 0.07
    // Claim 14.
    package static let ridgeAngle = 0.03
    package static let ridgeLoss = 0.10
    // Claim 15.
    package static let rateWithoutDecay = 0.5...2.0
    package static let doubledAngle = 1.9...2.1
    // Claim 16.
    package static let forgottenNorm = 0.97...1.03
    package static let rememberedNorm = 1.2
    // Claim 17.
    package static let balanced = 1.1
    package static let imbalanced = 1.15
    // Claim 18.
    package static let batchAngle = 0.06
    package static let batchNorm = 0.10
    // Claim 30: workers that are behind each other, and what the norm is multiplied by at least.
    package static let staleWorkers = 4
    package static let staleNorm = 1.02...Double.infinity
    // Claim 26.
    package static let earlySteps = 30, earlyTotal = 1500, earlyFactor = 30.0
    package static let earlyRate = 0.1, earlyDecay = 0.01, earlyFixedRate = 0.003
    package static let rememberedRate = 2.0
    package static let forgottenRate = 1.5
    package static let fixedRate = 1e-6  // relative rounding of η · 30 / 30
  }

  /// Group C.
  package enum Outcome {
    package static let seeds = 5  // section 4
    package static let images = 5000, batch = 64  // section 7
    package static func steps(isReduced: Bool) -> Int { isReduced ? 150 : 1500 }

    // Claim 19: fraction of test images (section 4).
    package static let transplant = 0.01
    package static let transplantDecay = 0.1  // the best of section 7 at the η of claim 20
    // Claim 20: in standard deviations of a seed, over these λ_d (five values, four decades).
    package static let sweepRange = 3.0
    package static let projectedRange = 2.0
    package static let projectedDecays = [1e-5, 1e-4, 1e-3, 1e-2, 0.1]
    package static let sweepRate = 0.01  // for it ηλ_d/(1 − μ) ≤ 1e-2 (section 7)
    package static let adamSweepRate = 1e-3
    // Claim 21: the same λ_d for every η, in half decades, so that the grid itself favors no slope.
    package static let rates = [1e-3, 1e-2, 0.1]
    package static let decays = [0.001, 0.00316, 0.01, 0.0316, 0.1, 0.316, 1, 3.16, 10]
    // For Adam where λ_d‖w‖² is small against √G², which its exponent supposes: a short start and small λ_d; and seeds
    // of its own, because a first map, with η from 3e-4 and ‖w_f‖ = √2, was looked at before this one was laid out.
    package static let adamRates = [1e-3, 3e-3, 1e-2]
    package static let adamDecays = [1e-4, 3.16e-4, 1e-3, 3.16e-3, 0.01, 0.0316, 0.1, 0.316, 1]
    package static let adamScale = 0.25
    package static let adamSeeds = 11
    package static let neighbors = 2  // on each side of the lowest λ_d that the parabola goes through
    package static let slope = 0.5  // how far the slope may lie from −1 and −2: "about" (section 4)
    // Claim 22: fraction of test images; section 4 names no margin. λ_d is the best of section 7's table at this η.
    package static let gammaBeta = 0.005
    package static let gammaBetaDecay = 0.1
    // Claim 23.
    package static let invariantCosine = 1e-5  // of any filter, at most (section 4, claim 3)
    package static let otherCosine = 1e-2  // of the median filter, at least
    package static let cosineRate = 1.0  // of the one step that the gradient is read from
    package static let equivalentScale = 4.0, equivalentSteps = 20, equivalentRate = 0.01
    package static let equivalentLoss = 1e-3, otherLoss = 0.1  // largest relative difference of a step's loss
    // Claim 25: fraction of test images; further seeds, so that choosing the best does not bias it.
    package static let best = 0.003
    package static let confirmingSeeds = 10
    package static let projectedRates = [0.03, 0.1, 0.3, 1, 3]
    // Claim 28.
    package static let scales = [0.25, 1, 4]
    package static let scaleRate = 0.1, adamScaleRate = 1e-3, larsScaleRate = 10.0
    package static let scaleRange = 3.0, flatScaleRange = 2.0  // in standard deviations of a seed
    package static let scaleMatch = 0.003
  }
}
