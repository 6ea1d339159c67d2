import Datasets
import NeuralNetwork
import ParameterServer
import Parameters
import RunDefinition
import Specification

/// The convolutions and dense layers of a run's steps alone; see `Products`.
///
/// Create and run it on one thread.
final class ProductStep: Stepping {
  private let products: Products
  private let microbatch: Int
  private let fill: () throws -> Void

  /// - Parameter definition: of a run in `Float`.
  init(_ definition: RunDefinition, _ dataset: Dataset) throws {
    let spec = definition.spec
    microbatch = spec.microbatch
    let products = try Products(
      definition.architecture, microbatch: spec.microbatch, activations: definition.activations)
    var loader = BatchLoader<Float>(
      dataset, standardization: Standardization(of: dataset.train), seed: UInt64(spec.seed), batchSize: spec.batch,
      microbatchSize: spec.microbatch)
    let images = Buffer<Float>(count: spec.microbatch * definition.images.shape.count)
    var labels = [UInt8](repeating: 0, count: spec.microbatch)
    unsafe labels.withUnsafeMutableBufferPointer { labels in
      _ = unsafe loader.loadMicrobatch(0, ofStep: 0, images: images.elements, labels: labels)
    }
    let shard = try definition.shard(of: 0, as: Float.self)
    guard let weights = shard.weights(at: shard.version) else {
      preconditionFailure("a shard has the weights of its version")
    }
    let gradient = Buffer<Float>(count: weights.count)
    self.products = products
    fill = {
      try unsafe products.fill(
        weights: weights.start, images: images.start, labels: labels, gradient: gradient.start)
    }
  }

  var imagesPerStep: Int { microbatch }

  /// Between the microbatches that are timed, whole ones set caches and tensors to what they are in training.
  func advance() throws -> Duration? {
    try fill()
    let before = ContinuousClock.now
    try products.multiply()
    return before.duration(to: .now)
  }
}
