import CKernels
import Parameters

/// Every kernel as a plain formula.
enum PlainKernels {
  static let all: [any PlainKernel.Type] = [
    SGD.self, SignSGD.self, Momentum.self, Nesterov.self, LARS.self, RMSProp.self, Adam.self, Lion.self, Combine.self,
    Rotate.self,
  ]

  private static let (rate, penalty, keep) = (0.013, 0.0007, 0.9991)

  private static func sign<S: KernelScalar>(_ x: S) -> S { x > 0 ? 1 : x < 0 ? -1 : 0 }

  enum SGD: PlainUpdate {
    static let name = "sgd"
    static func numbers(row: Int) -> tare_sgd_parameters { .init(rate: rate, penalty: penalty, keep: keep) }
    static func step<S: KernelScalar>(_ w: S, _ g: S, _: S, _: inout [S], _ c: tare_sgd_parameters) -> S {
      S(c.keep) * w - S(c.rate) * (g + S(c.penalty) * w)
    }
  }

  enum SignSGD: PlainUpdate {
    static let name = "signsgd"
    static func numbers(row: Int) -> tare_signsgd_parameters { .init(rate: rate, penalty: penalty, keep: keep) }
    static func step<S: KernelScalar>(_ w: S, _ g: S, _: S, _: inout [S], _ c: tare_signsgd_parameters) -> S {
      S(c.keep) * w - S(c.rate) * sign(g + S(c.penalty) * w)
    }
  }

  enum Momentum: PlainUpdate {
    static let name = "momentum"
    static func numbers(row: Int) -> tare_momentum_parameters {
      .init(rate: rate, penalty: penalty, keep: keep, momentum: 0.9)
    }
    static func step<S: KernelScalar>(_ w: S, _ g: S, _: S, _ state: inout [S], _ c: tare_momentum_parameters) -> S {
      state[0] = S(c.momentum) * state[0] + (g + S(c.penalty) * w)
      return S(c.keep) * w - S(c.rate) * state[0]
    }
  }

  enum Nesterov: PlainUpdate {
    static let name = "nesterov"
    static func numbers(row: Int) -> tare_nesterov_parameters {
      .init(rate: rate, penalty: penalty, keep: keep, momentum: 0.9)
    }
    static func step<S: KernelScalar>(_ w: S, _ g: S, _: S, _ state: inout [S], _ c: tare_nesterov_parameters) -> S {
      let g = g + S(c.penalty) * w
      state[0] = S(c.momentum) * state[0] + g
      return S(c.keep) * w - S(c.rate) * (g + S(c.momentum) * state[0])
    }
  }

  enum LARS: PlainUpdate {
    static let name = "lars"
    static func numbers(row: Int) -> tare_lars_parameters {
      .init(rate: rate, penalty: penalty, keep: keep, momentum: 0.9)
    }
    static func step<S: KernelScalar>(_ w: S, _ g: S, _: S, _ state: inout [S], _ c: tare_lars_parameters) -> S {
      state[0] = S(c.momentum) * state[0] + S(c.rate) * (g + S(c.penalty) * w)
      return S(c.keep) * w - state[0]
    }
  }

  enum RMSProp: PlainUpdate {
    static let name = "rmsprop"
    static func numbers(row: Int) -> tare_rmsprop_parameters {
      .init(rate: rate, penalty: penalty, keep: keep, beta2: 0.97, epsilon: 1e-8)
    }
    static func step<S: KernelScalar>(_ w: S, _ g: S, _: S, _ state: inout [S], _ c: tare_rmsprop_parameters) -> S {
      let g = g + S(c.penalty) * w
      state[0] = S(c.beta2) * state[0] + S(1 - c.beta2) * (g * g)
      return S(c.keep) * w - S(c.rate) * g / (state[0].squareRoot() + S(c.epsilon))
    }
  }

  enum Adam: PlainUpdate {
    static let name = "adam"
    static func numbers(row: Int) -> tare_adam_parameters {
      .init(
        rate: rate, penalty: penalty, keep: keep, beta1: 0.9, beta2: 0.997, root_scale: 1.37, epsilon: 1e-8)
    }
    static func step<S: KernelScalar>(_ w: S, _ g: S, _: S, _ state: inout [S], _ c: tare_adam_parameters) -> S {
      let g = g + S(c.penalty) * w
      state[0] = S(c.beta1) * state[0] + S(1 - c.beta1) * g
      state[1] = S(c.beta2) * state[1] + S(1 - c.beta2) * (g * g)
      return S(c.keep) * w - S(c.rate) * state[0] / (S(c.root_scale) * state[1].squareRoot() + S(c.epsilon))
    }
  }

  enum Lion: PlainUpdate {
    static let name = "lion"
    static func numbers(row: Int) -> tare_lion_parameters {
      .init(rate: rate, penalty: penalty, keep: keep, beta1: 0.9, beta2: 0.97)
    }
    static func step<S: KernelScalar>(_ w: S, _ g: S, _: S, _ state: inout [S], _ c: tare_lion_parameters) -> S {
      let g = g + S(c.penalty) * w
      let u = S(c.beta1) * state[0] + S(1 - c.beta1) * g
      state[0] = S(c.beta2) * state[0] + S(1 - c.beta2) * g
      return S(c.keep) * w - S(c.rate) * sign(u)
    }
  }

  enum Combine: PlainRow {
    static let name = "combine"
    static func numbers(row: Int) -> tare_combine_parameters {
      .init(weight: -0.0009 * Double(1 + row), direction: -0.013 * Double(1 + row))
    }
    static func step<S: KernelScalar>(
      _ w: S, _: S, _ p: S, _: inout [S], _ c: tare_combine_parameters
    ) -> S {
      w + (S(c.weight) * w + S(c.direction) * p)
    }
  }

  enum Rotate: PlainRow {
    static let name = "rotate"
    static let writesState = true
    static func numbers(row: Int) -> tare_rotate_parameters {
      .init(
        weight: -0.07, gradient: 0.36 * Double(1 + row), state: 0.9 / Double(1 + row),
        state_weight: -0.31 / Double(1 + row), state_gradient: -0.013, state_state: 0.94)
    }
    static func step<S: KernelScalar>(
      _ w: S, _ g: S, _: S, _ state: inout [S], _ c: tare_rotate_parameters
    ) -> S {
      let m = state[0]
      state[0] = S(c.state_weight) * w + S(c.state_gradient) * g + S(c.state_state) * m
      return w + (S(c.weight) * w + S(c.gradient) * g + S(c.state) * m)
    }
  }
}
