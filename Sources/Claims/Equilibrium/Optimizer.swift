import Optimization
import Specification

/// An update rule with the kind of decay that the claims use it with.
enum Optimizer: String, Hashable, Sendable {
  case sgd = "SGD"
  case momentum
  case nesterov = "Nesterov"
  case adamW = "AdamW"
  case adam = "Adam+L2"
  case lars = "LARS"

  var rule: OptimizerSpec.Name {
    switch self {
    case .sgd: OptimizerSpec.Name(SGD.self)
    case .momentum: OptimizerSpec.Name(Momentum.self)
    case .nesterov: OptimizerSpec.Name(Nesterov.self)
    case .adamW: OptimizerSpec.Name(AdamW.self)
    case .adam: OptimizerSpec.Name(Adam.self)
    case .lars: OptimizerSpec.Name(LARS.self)
    }
  }

  var momentum: Double { self == .momentum || self == .nesterov ? 0.9 : 0 }

  /// The rate of γ, β and the head, the same in every experiment: swept rates would confound comparisons.
  var fixedRate: Double {
    switch self {
    case .sgd: 0.1  // 1/(1 − 0.9) times that of momentum
    case .momentum, .nesterov: 0.01
    case .adamW, .adam: 1e-3
    case .lars: 1
    }
  }

  /// Whether the step is proportional to the gradient's norm.
  var isDescent: Bool { self == .sgd || self == .momentum || self == .nesterov }

  /// s in ‖w‖ ∝ λ_d^−s, at equilibrium, at fixed η and G²; none is claimed for LARS, whose steps are proportional to
  /// ‖w‖.
  var normExponent: Double {
    switch self {
    case .sgd, .momentum, .nesterov: 1 / 4
    case .adamW: 1 / 2
    case .adam: 1 / 3
    case .lars: .nan
    }
  }

  /// Whether the equilibrium's norm depends on G².
  var normDependsOnGradient: Bool { self != .adamW }
}

extension RunSpec {
  /// Sets the rule, η and λ_d of the weights; γ, β and the head have their own rate and no decay.
  mutating func optimize(_ optimizer: Optimizer, learningRate: Double, decay: Double) {
    self.optimizer = OptimizerSpec()
    self.optimizer.name = optimizer.rule
    self.optimizer.learningRate = learningRate
    if optimizer == .adamW { weightDecay = decay } else { l2 = decay / 2 }
    groups.gammaBeta.learningRate = optimizer.fixedRate
    groups.head.learningRate = optimizer.fixedRate
  }
}
