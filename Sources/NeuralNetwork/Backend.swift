package import Parameters

/// One network instance that computes losses and gradients of microbatches.
///
/// The thread that makes it runs it. Images are NCHW, labels one byte a sample and below the number of classes; the
/// flat vectors are in layout order, at any address that suits a scalar. Weights are loaded first. Equal inputs give equal bits, on every call,
/// thread and address.
package protocol Backend<Scalar>: AnyObject {
  associatedtype Scalar: KernelScalar

  /// Samples in a microbatch.
  var microbatch: Int { get }

  /// Takes up a flat vector for the calls that follow. It stays where it is, and unchanged, until the next is loaded.
  func load(_ weights: UnsafePointer<Scalar>) throws(NetworkError)

  /// One training microbatch: forward with batch statistics, softmax cross-entropy, backward.
  ///
  /// - Parameter gradient: receives the gradient of the *sum* of the samples' losses; where the layout has
  ///   `running_mean` and `running_var`, the mean of the microbatch and its unbiased variance.
  func gradient(
    images: UnsafePointer<Scalar>, labels: UnsafePointer<UInt8>, into gradient: UnsafeMutablePointer<Scalar>
  ) throws(NetworkError) -> Tally

  /// Forward with the running statistics among the weights.
  ///
  /// - Parameter count: valid samples, at most `microbatch`; nothing behind them is read.
  func evaluate(
    images: UnsafePointer<Scalar>, labels: UnsafePointer<UInt8>, count: Int
  ) throws(NetworkError) -> Tally
}
