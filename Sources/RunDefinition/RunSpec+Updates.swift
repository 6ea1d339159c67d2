import NeuralNetwork
package import Optimization
package import Parameters
package import Specification

extension RunSpec {
  /// What a step does to each of `parameters` that is trained: the spec's rule with the rate and penalty of the
  /// parameter's group. The others are averaged.
  ///
  /// - Throws: `RuleError`, which `validate` has ruled out for specs that were checked.
  func updates(
    of parameters: [Parameter]
  ) throws(RuleError) -> [Parameter: (TensorUpdate, learningRate: Double)] {
    var updates: [Parameter: (TensorUpdate, learningRate: Double)] = [:]
    for parameter in parameters { updates[parameter] = try update(of: parameter) }
    return updates
  }

  /// What a step does to `parameter`; `nil` for one that is averaged.
  ///
  /// - Throws: as `updates(of:)`.
  package func update(of parameter: Parameter) throws(RuleError) -> (TensorUpdate, learningRate: Double)? {
    guard let numbers = hyperparameters(of: parameter.group) else { return nil }
    var choice = optimizer
    choice[.epsilon] = numbers.epsilon
    let made = try choice.make()
    let rule = parameter.invariance == .none ? made.forUnnormalized : made
    let update = try TensorUpdate(
      rule: rule, projection: projection(of: parameter), l2: numbers.l2, weightDecay: numbers.weightDecay)
    return (update, numbers.learningRate)
  }

  private func projection(of parameter: Parameter) -> Optimization.Projection {
    guard parameter.group == .weights, parameter.role == .weight else { return .none }
    return switch projection {
    case .none: .none
    case .filter: .filter(radius: projectionRadius)
    case .layer: .layer(radius: projectionRadius)
    }
  }

  /// - Parameter steps: of the run.
  /// - Throws: as `updates(of:)`.
  package func learningRateSchedule(steps: Int) throws(RuleError) -> Schedule {
    let shape: Schedule.Shape =
      switch schedule.name {
      case .constant: .constant
      case .step:
        .step(every: schedule.every ?? steps, factor: schedule.factor ?? 1, changes: schedule.changes ?? .max)
      case .cosine: .cosine(finalFactor: schedule.final ?? 0)
      }
    return try Schedule(shape, warmup: schedule.warmup)
  }
}
