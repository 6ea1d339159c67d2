import NeuralNetwork
package import Optimization
package import ParameterServer
package import Parameters
import Specification

extension RunDefinition {
  /// What a step does to `parameter`, and its learning rate before the schedule; `nil` for one that is averaged.
  package func update(of parameter: Parameter) -> (TensorUpdate, learningRate: Double)? { updates[parameter] }

  /// The learning rate's factor, by step from 1.
  package var factor: @Sendable (Int) -> Double {
    { [schedule, steps] in schedule.factor(step: $0, of: steps) }
  }

  /// The shard of server `rank` before the first step.
  ///
  /// - Parameters:
  ///   - cache: of the process, where it begins several runs.
  ///   - allocate: makes the buffers of the weights.
  package func shard<Scalar: KernelScalar>(
    of rank: Int, as scalar: Scalar.Type, cache: InitialWeightsCache? = nil, threads: Threads = .one,
    allocating allocate: @escaping BufferPool<Scalar>.Allocation = { Buffer(count: $0) }
  ) throws -> ParameterShard<Scalar> {
    let followed = try followedRates()
    let microbatches = spec.samplesPerStep / spec.microbatch
    var treatments: [Parameter: ParameterShard<Scalar>.Treatment] = [:]
    for parameter in architecture.layout.parameters {
      if let (update, learningRate) = update(of: parameter) {
        treatments[parameter] = .train(update, learningRate: learningRate, following: followed[parameter])
      } else {
        treatments[parameter] = .average(try RunningStatistics(microbatches: microbatches))
      }
    }
    return ParameterShard(
      slices: shards.slicesOfSegments(of: rank), segments: shards.segmentRanges(of: rank), layout: architecture.layout,
      initial: try initialWeights(from: cache),
      batch: spec.samplesPerStep, microbatches: microbatches, treatments: treatments, factor: factor,
      reportsAfter: reportsAfter, endsWindow: endsWindow, wire: wire, threads: threads, initialLength: initialLength,
      allocating: allocate)
  }

  /// What brings a filter's initial weights to the root mean square that the spec names.
  private func initialLength(of parameter: Parameter) -> Projection {
    guard let size = spec.initRMS, parameter.group == .weights, parameter.role == .weight else { return .none }
    return .filter(radius: size * Double(parameter.filterLength).squareRoot())
  }
}
