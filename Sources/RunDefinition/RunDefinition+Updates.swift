import NeuralNetwork
package import Optimization
package import ParameterServer
package import Parameters
import Specification

extension RunDefinition {
  /// What a step does to `parameter`: the spec's rule with the rate and penalty of the parameter's group.
  ///
  /// - Throws: `RuleError`, which `RunSpec.validate` has ruled out for specs that were checked.
  package func update(of parameter: Parameter) throws -> (TensorUpdate, learningRate: Double)? {
    guard let numbers = spec.hyperparameters(of: parameter.group) else { return nil }
    var choice = spec.optimizer
    choice[.epsilon] = numbers.epsilon
    let made = try choice.make()
    let rule = parameter.invariance == .none ? made.elsewhere : made
    let update = try TensorUpdate(
      rule: rule, projection: projection(of: parameter), l2: numbers.l2, weightDecay: numbers.weightDecay)
    return (update, numbers.learningRate)
  }

  /// The learning rate's factor, by step from 1.
  package func schedule() throws -> @Sendable (Int) -> Double {
    let shape: Schedule.Shape =
      switch spec.schedule.name {
      case .constant: .constant
      case .step:
        .step(
          every: spec.schedule.every ?? steps, factor: spec.schedule.factor ?? 1,
          changes: spec.schedule.changes ?? .max)
      case .cosine: .cosine(finalFactor: spec.schedule.final ?? 0)
      }
    let schedule = try Schedule(shape, warmup: spec.schedule.warmup)
    let steps = steps
    return { schedule.factor(step: $0, of: steps) }
  }

  /// The shard of server `rank` before the first step.
  ///
  /// - Parameter cache: of the process, where it begins several runs.
  package func shard<Scalar: KernelScalar>(
    of rank: Int, as scalar: Scalar.Type, cache: InitialWeightsCache? = nil
  ) throws -> ParameterShard<Scalar> {
    let followed = try followedRates()
    var treatments: [Parameter: ParameterShard<Scalar>.Treatment] = [:]
    for parameter in architecture.layout.parameters {
      if let (update, learningRate) = try update(of: parameter) {
        treatments[parameter] = .train(update, learningRate: learningRate, following: followed[parameter])
      } else {
        treatments[parameter] = .average(try RunningStatistics(microbatches: spec.microbatchCount))
      }
    }
    return ParameterShard(
      slices: shards.slices(of: rank), layout: architecture.layout, initial: initialWeights(from: cache),
      batch: spec.batch,
      microbatches: spec.microbatchCount, treatments: treatments, factor: try schedule(),
      reportsAfter: reportsAfter, initialLength: initialLength)
  }

  /// What brings a filter's initial weights to the root mean square that the spec names.
  private func initialLength(of parameter: Parameter) -> Projection {
    guard let size = spec.initRMS, parameter.group == .weights, parameter.role == .weight else { return .none }
    return .filter(radius: size * Double(parameter.filterLength).squareRoot())
  }

  private func projection(of parameter: Parameter) -> Projection {
    guard parameter.group == .weights, parameter.role == .weight else { return .none }
    return switch spec.projection {
    case .none: .none
    case .filter: .filter(radius: spec.projectionRadius)
    case .layer: .layer(radius: spec.projectionRadius)
    }
  }
}
