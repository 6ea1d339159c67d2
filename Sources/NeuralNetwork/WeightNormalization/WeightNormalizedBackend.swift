import Parameters

/// Wraps a backend of plain layers for networks with weight normalization: it passes in the effective weights and
/// propagates their gradient back to the given ones.
///
/// As in `ReferenceBackend`, the two closures are created where the scalar is concrete, so that their loops are
/// compiled for it.
@safe final class WeightNormalizedBackend<Scalar: KernelScalar>: Backend {
  typealias Forward = (UnsafePointer<Scalar>, UnsafeMutablePointer<Scalar>) -> Void
  typealias Backward = (UnsafePointer<Scalar>, UnsafePointer<Scalar>, UnsafeMutablePointer<Scalar>) -> Void

  private let inner: any Backend<Scalar>
  /// The weights as loaded, and as passed to the inner backend.
  private var weights: UnsafePointer<Scalar>?
  private let plain: Buffer<Scalar>
  private let slopes: Buffer<Scalar>
  private let forward: Forward
  private let backward: Backward

  private init(
    _ inner: any Backend<Scalar>, count: Int, forward: @escaping Forward, backward: @escaping Backward
  ) {
    self.inner = inner
    plain = Buffer(count: count)
    slopes = Buffer(count: count)
    unsafe self.forward = forward
    unsafe self.backward = backward
  }

  var microbatch: Int { inner.microbatch }

  var input: Buffer<Scalar>? { inner.input }

  func load(_ weights: UnsafePointer<Scalar>) throws(NetworkError) {
    unsafe self.weights = weights
    unsafe forward(weights, plain.start)
    try unsafe inner.load(plain.start)
  }

  func gradient(
    images: UnsafePointer<Scalar>, labels: UnsafePointer<UInt8>, firstSample: Int,
    into gradient: UnsafeMutablePointer<Scalar>,
    finished: (_ offset: Int, Tally) -> Void
  ) throws(NetworkError) {
    guard let weights = unsafe weights else { preconditionFailure("weights are loaded first") }
    let outcome = try unsafe inner.gradient(
      images: images, labels: labels, firstSample: firstSample, into: slopes.start)
    unsafe backward(weights, slopes.start, gradient)
    finished(0, outcome)
  }

  func evaluate(
    images: UnsafePointer<Scalar>, labels: UnsafePointer<UInt8>, count: Int
  ) throws(NetworkError) -> Tally {
    try unsafe inner.evaluate(images: images, labels: labels, count: count)
  }
}

extension WeightNormalizedBackend where Scalar == Float {
  convenience init(_ inner: any Backend<Float>, _ effective: EffectiveWeights<Float>) {
    unsafe self.init(
      inner, count: effective.plain.layout.count, forward: { unsafe effective.forward($0, into: $1) },
      backward: { unsafe effective.backward($0, plain: $1, into: $2) })
  }
}

extension WeightNormalizedBackend where Scalar == Double {
  convenience init(_ inner: any Backend<Double>, _ effective: EffectiveWeights<Double>) {
    unsafe self.init(
      inner, count: effective.plain.layout.count, forward: { unsafe effective.forward($0, into: $1) },
      backward: { unsafe effective.backward($0, plain: $1, into: $2) })
  }
}
