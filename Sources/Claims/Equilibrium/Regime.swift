import Foundation
import Specification

/// A run at constant η, long enough for its norms to reach equilibrium, if there is one.
struct Regime: Hashable, Sendable {
  var optimizer: Optimizer
  var learningRate: Double
  /// λ_d; 0: no equilibrium.
  var decay: Double
  /// On He normal: ‖w_f‖ ≈ √2 · scale.
  var scale = Margins.Equilibrium.initialScale
  /// Multiple of the usual batch size, in as many microbatches.
  var microbatches = 1
  /// With one that is not 0, of an asynchronous run.
  var staleness = StalenessBound.versions(0)
  /// Threads that compute.
  var workers = 1
  /// For runs that are compared at equal times; `nil`: what `burnIn(in:)` estimates.
  var fixedBurnIn: Int?

  func spec(in setting: Setting, seed: Int) -> RunSpec {
    setting.spec { spec in
      spec.optimize(optimizer, learningRate: learningRate, decay: decay)
      spec.initScale = scale
      let usesConvolutions = setting.network != .mlp
      spec.microbatch = usesConvolutions ? Margins.Equilibrium.convolutionBatch : Margins.Equilibrium.batch
      spec.batch = microbatches * spec.microbatch
      let steps = steps(in: setting)
      spec.steps = steps
      spec.seed = seed
      spec.staleness = staleness
      spec.execution.workers = workers
      spec.execution.metricsEvery = Margins.Equilibrium.window
      spec.execution.evaluateEvery = steps
    }
  }

  func steps(in setting: Setting) -> Int {
    guard decay > 0 else { return Margins.Equilibrium.decaylessSteps(isReduced: setting.isReduced) }
    return burnIn(in: setting) + Margins.Equilibrium.averagedSteps(isReduced: setting.isReduced)
  }

  /// Steps before the averages: (1 − μ) ln(50 · max(‖w₀‖²/‖w*‖², 1))/(2 η λ_d), as whole windows.
  ///
  /// Adam's second moments follow with a delay of their own. With coupled decay its relaxation is that of AdamW at the
  /// decay λ_d/√v, where v follows from ‖w*‖³.
  func burnIn(in setting: Setting) -> Int {
    guard decay > 0 else { return 0 }
    if let fixedBurnIn { return fixedBurnIn }
    let initial = 2 * scale * scale
    let live = setting.network == .mlp ? 128.0 : 27.0  // weights of the smallest filter
    let unitGradient = Margins.Equilibrium.leastSquaredUnitGradient.squareRoot()
    var (settled, rate, memory) = (initial, learningRate * decay, 0)
    switch optimizer {
    case .sgd, .momentum, .nesterov:
      let slow = 1 - optimizer.momentum
      settled = (learningRate / (2 * decay * slow)).squareRoot() * unitGradient
      rate /= slow
    case .adamW:
      settled = learningRate * live / (2 * decay)
      memory = Margins.Equilibrium.adamHorizon
    case .adam:
      let norm = cbrt(learningRate * unitGradient * live.squareRoot() / (2 * decay))
      settled = norm * norm
      rate *= norm * live.squareRoot() / unitGradient
      memory = Margins.Equilibrium.adamHorizon
    case .lars: break  // no equilibrium is claimed for it
    }
    let steps = log(Margins.Equilibrium.forgotten * max(initial / settled, 1)) / (2 * rate)
    let window = Margins.Equilibrium.window
    return (Int(steps) + memory + window - 1) / window * window
  }
}

extension Regime: CustomStringConvertible {
  var description: String {
    let start = scale == Margins.Equilibrium.initialScale ? "" : ", initial scale \(scale)"
    let size = microbatches == 1 ? "" : ", batch ×\(microbatches)"
    let behind =
      switch staleness {
      case .versions(0): ""
      case .versions(let count): ", staleness ≤ \(count)"
      case .unbounded: ", staleness unbounded"
      }
    return "\(optimizer.rawValue), η \(learningRate), λ_d \(decay)\(start)\(size)\(behind)"
  }
}

extension Regime {
  /// The grid that claims 11 to 18 share, so that one run serves several: around a middle (η, λ_d), a range of λ_d and
  /// a ridge.
  struct Family: Sendable {
    let middle: Regime
    /// λ_d over 1.5 decades at one η; the first and second, and the third and fourth, are a factor of 4 apart.
    let ladder: [Regime]
    /// Other (η, λ_d) with the same predicted angle.
    let ridge: [Regime]
    /// The middle's η at a quarter of λ_d: off the ridge by a factor of 4, and the first of the range.
    var offRidge: Regime { ladder[0] }

    /// - Parameter step: how η changes along the ridge.
    init(_ optimizer: Optimizer, _ learningRate: Double, _ decay: Double, step: Double) {
      func regime(_ rate: Double, _ decay: Double) -> Regime {
        Regime(optimizer: optimizer, learningRate: rate, decay: decay)
      }
      middle = regime(learningRate, decay)
      ladder = [0.25, 1, 2, 8].map { regime(learningRate, $0 * decay) }
      // η λ_d is constant for SGD and AdamW, η² λ_d for Adam with coupled decay.
      ridge = [1 / step, step].map { regime($0 * learningRate, decay / (optimizer == .adam ? $0 * $0 : $0)) }
    }
  }

  static let nesterov = Family(.nesterov, 0.03, 0.01, step: 4)
  static let adamW = Family(.adamW, 1e-3, 2, step: 4)
  static let adam = Family(.adam, 1e-3, 0.01, step: 2)
  static let families = [nesterov, adamW, adam]

  /// The regimes that claims 11, 12 and 17 examine.
  static func settling(in setting: Setting) -> [Regime] {
    guard setting.network == .mlp else { return convolutional }
    guard !setting.isReduced else { return families.map(\.middle) }
    let plain = [
      Regime(optimizer: .sgd, learningRate: 0.1, decay: 0.02),
      Regime(optimizer: .momentum, learningRate: 0.03, decay: 0.01),
    ]
    return plain + families.flatMap { $0.ladder + $0.ridge }
  }

  private static let convolutional = [
    Regime(optimizer: .nesterov, learningRate: 0.02, decay: 0.05),
    Regime(optimizer: .nesterov, learningRate: 0.02, decay: 0.0125),
    Regime(optimizer: .adamW, learningRate: 1e-3, decay: 4),
    Regime(optimizer: .nesterov, learningRate: 0.02, decay: 0.05, microbatches: 4),
  ]

  /// Four microbatches a step of a convolutional network are reported and not judged (section 7).
  func isJudged(in setting: Setting) -> Bool { setting.network == .mlp || microbatches == 1 }
}
