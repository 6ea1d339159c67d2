import OneDNN
import Parameters

/// Implements `Backend` with a compiled network.
final class OneDNNBackend: Backend {
  let microbatch: Int
  private let network: OneDNNNetwork

  var input: Buffer<Float>? { network.input }

  var onWork: ((Work) -> Void)? {
    get { network.onWork }
    set { network.onWork = newValue }
  }

  init(_ architecture: Architecture, microbatch: Int, _ settings: Backends.Settings) throws(NetworkError) {
    self.microbatch = microbatch
    do { network = try OneDNNNetwork(architecture, microbatch: microbatch, settings) } catch {
      throw .library(error)
    }
  }

  func load(_ weights: UnsafePointer<Float>) throws(NetworkError) {
    do { try unsafe network.load(weights) } catch { throw .library(error) }
  }

  func gradient(
    images: UnsafePointer<Float>, labels: UnsafePointer<UInt8>, firstSample: Int,
    into gradient: UnsafeMutablePointer<Float>,
    finished: (_ offset: Int, Tally) -> Void
  ) throws(NetworkError) {
    do {
      try unsafe network.gradient(
        images: images, labels: labels, firstSample: firstSample, into: gradient, finished: finished)
    } catch { throw .library(error) }
  }

  func evaluate(
    images: UnsafePointer<Float>, labels: UnsafePointer<UInt8>, count: Int
  ) throws(NetworkError) -> Tally {
    do {
      return try unsafe network.evaluate(images: images, labels: labels, count: count)
    } catch { throw .library(error) }
  }
}
