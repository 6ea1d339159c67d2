import Parameters

/// A backend for networks with weight normalisation around one of plain layers: effective weights go in, their gradient
/// is pulled back.
///
/// As in `ReferenceBackend`, the two closures are made where the scalar is concrete, so that their loops are compiled
/// for it.
@safe final class WeightNormalizedBackend<Scalar: KernelScalar>: Backend {
  typealias Forward = (UnsafePointer<Scalar>, UnsafeMutablePointer<Scalar>) -> Void
  typealias Backward = (UnsafePointer<Scalar>, UnsafePointer<Scalar>, UnsafeMutablePointer<Scalar>) -> Void

  private let inner: any Backend<Scalar>
  private let weights: Buffer<Scalar>
  private let slopes: Buffer<Scalar>
  private let forward: Forward
  private let backward: Backward

  private init(
    _ inner: any Backend<Scalar>, count: Int, forward: @escaping Forward, backward: @escaping Backward
  ) {
    self.inner = inner
    weights = Buffer(count: count)
    slopes = Buffer(count: count)
    unsafe self.forward = forward
    unsafe self.backward = backward
  }

  var microbatch: Int { inner.microbatch }

  func gradient(
    images: UnsafePointer<Scalar>, labels: UnsafePointer<UInt8>, weights: UnsafePointer<Scalar>,
    into gradient: UnsafeMutablePointer<Scalar>
  ) throws(NetworkError) -> Tally {
    unsafe forward(weights, self.weights.start)
    let outcome = try unsafe inner.gradient(
      images: images, labels: labels, weights: self.weights.start, into: slopes.start)
    unsafe backward(weights, slopes.start, gradient)
    return outcome
  }

  func evaluate(
    images: UnsafePointer<Scalar>, labels: UnsafePointer<UInt8>, count: Int, weights: UnsafePointer<Scalar>
  ) throws(NetworkError) -> Tally {
    unsafe forward(weights, self.weights.start)
    return try unsafe inner.evaluate(images: images, labels: labels, count: count, weights: self.weights.start)
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
