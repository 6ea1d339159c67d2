package import Datasets
import NeuralNetwork
import ParameterServer
import Parameters
package import RunDefinition
import Specification

/// Steps of a run in one thread, with no message sent: microbatches are loaded and their gradients computed, and the gradients are
/// summed along the tree. Whole steps also update the server's shard with its metrics; a worker's part of them does not.
///
/// Create and run it on one thread.
@safe package final class WorkerStep: Stepping {
  private let definition: RunDefinition
  private let backend: any Backend<Float>
  private var loader: BatchLoader<Float>
  private var shard: ParameterShard<Float>
  private var sums: TreeSum<Contribution<Float>>
  private let pool: BufferPool<Float>
  private let images: Buffer<Float>
  private let labels: UnsafeMutableBufferPointer<UInt8>
  /// Of a worker, or of the whole step.
  private let microbatches: Range<Int>
  private let tree: ReductionTree
  private var stepCount = 0

  /// - Parameters:
  ///   - definition: of a run in `Float` with one server.
  ///   - workers: of which one takes its part of each step; `nil` for whole steps.
  package init(_ definition: RunDefinition, _ dataset: Dataset, ofOneIn workers: Int? = nil) throws {
    let spec = definition.spec
    microbatches = 0..<spec.microbatchCount / (workers ?? 1)
    tree = workers == nil ? definition.tree : ReductionTree(leafCount: microbatches.count)
    self.definition = definition
    backend = try definition.makeBackend()
    loader = BatchLoader(
      dataset, standardization: Standardization(of: dataset.train), seed: UInt64(spec.seed), batchSize: spec.batch,
      microbatchSize: spec.microbatch)
    shard = try definition.shard(of: 0, as: Float.self)
    let pool = BufferPool<Float>(count: definition.architecture.layout.count)
    self.pool = pool
    sums = TreeSum(over: tree) { .add($0, $1, into: pool.take()) }
    images = backend.input ?? Buffer(count: spec.microbatch * definition.images.shape.count)
    unsafe labels = .allocate(capacity: spec.microbatch)
    unsafe labels.initialize(repeating: 0)
  }

  deinit { unsafe labels.deallocate() }

  var imagesPerStep: Int { microbatches.count * definition.spec.microbatch }

  func advance() throws -> Duration? {
    guard let weights = shard.weights(at: shard.version), let firstLabel = unsafe labels.baseAddress else {
      preconditionFailure("a shard has the weights of its version")
    }
    unsafe try backend.load(weights.start)
    for microbatch in microbatches {
      let first = unsafe loader.loadMicrobatch(microbatch, ofStep: stepCount, images: images.elements, labels: labels)
      let gradient = pool.take()
      let tally = unsafe try backend.gradient(
        images: images.start, labels: firstLabel, firstSample: first, into: gradient.start)
      _ = sums.insert(Contribution(gradient: gradient, tally: tally), at: .init(start: microbatch, count: 1))
    }
    guard let total = sums.total else { preconditionFailure("every microbatch is in the sum") }
    if tree == definition.tree { _ = shard.advance(along: total) }
    stepCount += 1
    sums.removeAll()
    return nil
  }
}
