/// Whole filters of one tensor in one step: pointers to the old weights, the gradient and the optimizer state, and the
/// destination of the new weights. Every tensor is `filters` × `filterLength` elements, filter after filter (γ and β:
/// filters of one element).
///
/// The caller guarantees that the pointers stay valid during the step.
@safe package struct TensorSlice<Scalar: KernelScalar> {
  /// The weights w_t.
  package let old: UnsafePointer<Scalar>
  /// Receives w_{t+1}; must not overlap `old`, which frames in flight may still reference.
  package let updated: UnsafeMutablePointer<Scalar>
  /// The gradient summed over the batch.
  package let gradientSum: UnsafePointer<Scalar>
  /// 1 / (number of terms in `gradientSum`), rounded once; the gradient g is the product, rounded once.
  package let gradientScale: Scalar
  /// The optimizer state, updated in place; as many tensors as `UpdateRule.stateNames`.
  package let optimizerState: [UnsafeMutablePointer<Scalar>]
  package let filters: Int
  package let filterLength: Int
  /// Receives one `FilterSums` for each filter; `nil` if not needed.
  package private(set) var sums: UnsafeMutablePointer<FilterSums>?
  /// Receives ‖w_{t+1}‖² of each filter; `nil` if not needed.
  package private(set) var squaredNorms: UnsafeMutablePointer<Double>?
  /// The norm that each filter gets after the step, w ← radius · w/‖w‖; 0 leaves them as they are. The sums and
  /// `squaredNorms` are those before.
  package private(set) var radius = 0.0
  /// That share the filters.
  package private(set) var threads = Threads.one

  package init(
    old: UnsafePointer<Scalar>, updated: UnsafeMutablePointer<Scalar>, gradientSum: UnsafePointer<Scalar>,
    gradientScale: Scalar, optimizerState: [UnsafeMutablePointer<Scalar>], filters: Int, filterLength: Int,
    sums: UnsafeMutablePointer<FilterSums>? = nil, squaredNorms: UnsafeMutablePointer<Double>? = nil
  ) {
    unsafe self.old = old
    unsafe self.updated = updated
    unsafe self.gradientSum = gradientSum
    self.gradientScale = gradientScale
    unsafe self.optimizerState = optimizerState
    self.filters = filters
    self.filterLength = filterLength
    unsafe self.sums = sums
    unsafe self.squaredNorms = squaredNorms
  }

  /// The same slice with another destination for its sums, and without norms and projection.
  package func with(sums: UnsafeMutablePointer<FilterSums>?) -> TensorSlice {
    var slice = unsafe with(squaredNorms: nil).projected(to: 0)
    unsafe slice.sums = sums
    return slice
  }

  /// The same slice with another destination for its norms.
  package func with(squaredNorms: UnsafeMutablePointer<Double>?) -> TensorSlice {
    var slice = self
    unsafe slice.squaredNorms = squaredNorms
    return slice
  }

  /// The same slice with filters that are projected.
  package func projected(to radius: Double) -> TensorSlice {
    var slice = self
    slice.radius = radius
    return slice
  }

  /// The same slice with filters that are shared by threads.
  package func shared(by threads: Threads) -> TensorSlice {
    var slice = self
    slice.threads = threads
    return slice
  }

  /// Calls `body` for parts that make up the slice, and the filters that they are, on its threads.
  package func share(_ body: (_ part: TensorSlice, _ filters: Range<Int>) -> Void) {
    threads.share(filters, of: filterLength) { range in body(range.count == filters ? self : part(range), range) }
  }

  /// One filter as a slice of its own.
  package func filter(_ index: Int) -> TensorSlice { part(index..<index + 1) }

  /// Some of the filters as a slice of their own, for one thread.
  package func part(_ range: Range<Int>) -> TensorSlice {
    precondition(range.lowerBound >= 0 && range.upperBound <= filters, "filters of the slice")
    let start = range.lowerBound * filterLength
    var part = unsafe TensorSlice(
      old: old + start, updated: updated + start, gradientSum: gradientSum + start, gradientScale: gradientScale,
      optimizerState: optimizerState.map { unsafe $0 + start }, filters: range.count, filterLength: filterLength,
      sums: sums.map { unsafe $0 + range.lowerBound }, squaredNorms: squaredNorms.map { unsafe $0 + range.lowerBound })
    part.radius = radius
    return part
  }

  /// `sums` as the plain numbers that the kernels write.
  var sumNumbers: UnsafeMutablePointer<Double>? {
    unsafe sums.map { sums in unsafe UnsafeMutableRawPointer(sums).assumingMemoryBound(to: Double.self) }
  }
}
