import OneDNN

/// The convolutions and dense layers of a network's training step, forward, by data and by weights, with nothing between them: with
/// the same kernels, layouts and memory, no step is faster.
///
/// Create and run it on one thread.
package final class Products {
  private let network: OneDNNNetwork

  package init(
    _ architecture: Architecture, microbatch: Int, activations: Backends.Activations
  ) throws(NetworkError) {
    do { network = try OneDNNNetwork(architecture, microbatch: microbatch, .init(activations)) } catch {
      throw .library(error)
    }
  }

  package var count: Int { network.productCount }

  /// A whole step of one microbatch, after which the tensors hold what they hold in training.
  ///
  /// - Parameters: as those of `Backend`.
  package func fill(
    weights: UnsafePointer<Float>, images: UnsafePointer<Float>, labels: UnsafePointer<UInt8>,
    gradient: UnsafeMutablePointer<Float>
  ) throws(NetworkError) {
    do {
      try unsafe network.load(weights)
      try unsafe network.gradient(images: images, labels: labels, firstSample: 0, into: gradient) { _, _ in }
    } catch { throw .library(error) }
  }

  /// The products of one microbatch.
  package func multiply() throws(NetworkError) {
    do { try network.multiply() } catch { throw .library(error) }
  }
}
