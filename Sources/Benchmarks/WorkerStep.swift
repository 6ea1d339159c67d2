package import Datasets
import NeuralNetwork
import ParameterServer
import Parameters
package import RunDefinition
import Specification

/// Whole steps of a run in one thread, with no message sent: every microbatch is loaded and its gradient computed, the
/// gradients are summed along the tree, and the server's shard is updated with its metrics.
///
/// Create and run it on one thread.
@safe package final class WorkerStep {
  private let definition: RunDefinition
  private let backend: any Backend<Float>
  private var loader: BatchLoader<Float>
  private var shard: ParameterShard<Float>
  private var sums: TreeSum<Contribution<Float>>
  private let pool: BufferPool<Float>
  private let images: Buffer<Float>
  private let labels: UnsafeMutableBufferPointer<UInt8>

  /// - Parameter definition: of a run in `Float` with one server.
  package init(_ definition: RunDefinition, _ dataset: Dataset) throws {
    let spec = definition.spec
    self.definition = definition
    backend = try definition.makeBackend()
    loader = BatchLoader(
      dataset, standardization: Standardization(of: dataset.train), seed: UInt64(spec.seed), batchSize: spec.batch,
      microbatchSize: spec.microbatch)
    shard = try definition.shard(of: 0, as: Float.self)
    let pool = BufferPool<Float>(count: definition.architecture.layout.count)
    self.pool = pool
    sums = TreeSum(over: definition.tree) { .add($0, $1, into: pool.take()) }
    images = Buffer(count: spec.microbatch * definition.images.shape.count)
    unsafe labels = .allocate(capacity: spec.microbatch)
    unsafe labels.initialize(repeating: 0)
  }

  deinit { unsafe labels.deallocate() }

  /// One step.
  package func advance() throws {
    guard let weights = shard.weights(at: shard.version), let firstLabel = unsafe labels.baseAddress else { return }
    unsafe try backend.load(weights.start)
    for microbatch in 0..<definition.spec.microbatchCount {
      unsafe loader.loadMicrobatch(microbatch, ofStep: shard.version, images: images.elements, labels: labels)
      let gradient = pool.take()
      let tally = unsafe try backend.gradient(
        images: images.start, labels: firstLabel, into: gradient.start)
      _ = sums.insert(Contribution(gradient: gradient, tally: tally), at: .init(start: microbatch, count: 1))
    }
    guard let total = sums.total else { preconditionFailure("every microbatch is in the sum") }
    _ = shard.advance(along: total)
    sums.removeAll()
  }

  /// Steps for about `seconds`, and what they came to in images a second.
  package func imagesPerSecond(over seconds: Double) throws -> Double {
    let start = ContinuousClock.now
    var (steps, elapsed) = (0, 0.0)
    repeat {
      try advance()
      steps += 1
      elapsed = start.duration(to: .now).seconds
    } while elapsed < seconds
    return Double(steps * definition.spec.batch) / elapsed
  }
}
