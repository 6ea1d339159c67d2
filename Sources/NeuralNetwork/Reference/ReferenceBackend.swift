import Parameters

/// Implements `Backend` with plain loops.
///
/// A witness of a generic type is not specialized and would run hundreds of times slower. So the two closures are
/// created where the scalar is concrete, and their loops are compiled for it.
@safe final class ReferenceBackend<Scalar: KernelScalar>: Backend {
  typealias Gradient = (
    UnsafePointer<Scalar>, UnsafePointer<UInt8>, _ firstSample: Int, UnsafePointer<Scalar>, UnsafeMutablePointer<Scalar>
  ) -> Tally
  typealias Evaluate = (UnsafePointer<Scalar>, UnsafePointer<UInt8>, Int, UnsafePointer<Scalar>) -> Tally

  let microbatch: Int
  private let gradient: Gradient
  private let evaluate: Evaluate
  private var weights: UnsafePointer<Scalar>?

  private init(microbatch: Int, gradient: @escaping Gradient, evaluate: @escaping Evaluate) {
    self.microbatch = microbatch
    unsafe self.gradient = gradient
    unsafe self.evaluate = evaluate
  }

  func load(_ weights: UnsafePointer<Scalar>) { unsafe self.weights = weights }

  func gradient(
    images: UnsafePointer<Scalar>, labels: UnsafePointer<UInt8>, firstSample: Int,
    into gradient: UnsafeMutablePointer<Scalar>,
    finished: (_ offset: Int, Tally) -> Void
  ) {
    guard let weights = unsafe weights else { preconditionFailure("weights are loaded first") }
    finished(0, unsafe self.gradient(images, labels, firstSample, weights, gradient))
  }

  func evaluate(images: UnsafePointer<Scalar>, labels: UnsafePointer<UInt8>, count: Int) -> Tally {
    guard let weights = unsafe weights else { preconditionFailure("weights are loaded first") }
    return unsafe self.evaluate(images, labels, count, weights)
  }
}

extension ReferenceBackend where Scalar == Float {
  convenience init(_ architecture: Architecture, microbatch: Int, _ settings: Backends.Settings) {
    let network = ReferenceNetwork<Float>(architecture, microbatch: microbatch, settings)
    unsafe self.init(
      microbatch: microbatch,
      gradient: { unsafe network.gradient(images: $0, labels: $1, firstSample: $2, weights: $3, into: $4) },
      evaluate: { unsafe network.evaluate(images: $0, labels: $1, count: $2, weights: $3) })
  }
}

extension ReferenceBackend where Scalar == Double {
  convenience init(_ architecture: Architecture, microbatch: Int, _ settings: Backends.Settings) {
    let network = ReferenceNetwork<Double>(architecture, microbatch: microbatch, settings)
    unsafe self.init(
      microbatch: microbatch,
      gradient: { unsafe network.gradient(images: $0, labels: $1, firstSample: $2, weights: $3, into: $4) },
      evaluate: { unsafe network.evaluate(images: $0, labels: $1, count: $2, weights: $3) })
  }
}
