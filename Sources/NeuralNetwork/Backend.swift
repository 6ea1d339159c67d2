package import Parameters

/// One network instance that computes losses and gradients of microbatches.
///
/// Used only on the thread that created it. Images are NCHW, labels one byte per sample and less than the number of
/// classes; the flat vectors are in layout order, at any address aligned for a scalar. Load weights before any other
/// call. Equal inputs give equal bits, on every call, thread and address.
package protocol Backend<Scalar>: AnyObject {
  associatedtype Scalar: KernelScalar

  /// Samples in a microbatch.
  var microbatch: Int { get }

  /// Room for a microbatch of images; what is passed from there is not copied first. `nil` where it makes no difference.
  var input: Buffer<Scalar>? { get }

  /// Told of each change between computing and copying, where a backend can say.
  var onWork: ((Work) -> Void)? { get set }

  /// Sets the flat vector of weights for the following calls. The caller keeps it in place and unchanged until the next
  /// one is loaded.
  func load(_ weights: UnsafePointer<Scalar>) throws(NetworkError)

  /// One training microbatch: forward with batch statistics, softmax cross-entropy, backward.
  ///
  /// - Parameters:
  ///   - firstSample: number of the first sample in the training stream, from which the masks of dropout follow.
  ///   - gradient: receives the gradient of the *sum* of the samples' losses; where the layout has `running_mean` and
  ///     `running_var`, the mean of the microbatch and its unbiased variance.
  ///   - finished: called in the course of the backward pass, with falling offsets down to 0: from there on, the gradient is
  ///     complete.
  func gradient(
    images: UnsafePointer<Scalar>, labels: UnsafePointer<UInt8>, firstSample: Int,
    into gradient: UnsafeMutablePointer<Scalar>,
    finished: (_ offset: Int, Tally) -> Void
  ) throws(NetworkError)

  /// Forward with the running statistics among the weights.
  ///
  /// - Parameter count: valid samples, at most `microbatch`; nothing beyond them is read.
  func evaluate(
    images: UnsafePointer<Scalar>, labels: UnsafePointer<UInt8>, count: Int
  ) throws(NetworkError) -> Tally
}

extension Backend {
  package var input: Buffer<Scalar>? { nil }

  package var onWork: ((Work) -> Void)? {
    get { nil }
    set {}
  }

  /// The same, all at once.
  package func gradient(
    images: UnsafePointer<Scalar>, labels: UnsafePointer<UInt8>, firstSample: Int = 0,
    into gradient: UnsafeMutablePointer<Scalar>
  ) throws(NetworkError) -> Tally {
    var outcome = Tally()
    try unsafe self.gradient(images: images, labels: labels, firstSample: firstSample, into: gradient) { outcome = $1 }
    return outcome
  }
}
