/// Whole filters of one tensor in one step: where the old weights, the gradient and the memory lie, and where the new
/// weights go. Every tensor is `filters` × `filterLength` elements, filter after filter (γ and β: filters of one element).
///
/// Whoever makes one vouches for the pointers for as long as the step takes.
@safe package struct TensorSlice<Scalar: KernelScalar> {
  /// The weights w_t.
  package let old: UnsafePointer<Scalar>
  /// Receives w_{t+1}; must not overlap `old`, which frames may still refer to.
  package let updated: UnsafeMutablePointer<Scalar>
  /// The gradient summed over the batch.
  package let gradientSum: UnsafePointer<Scalar>
  /// 1 / (what `gradientSum` is a sum of), rounded once; the gradient g is the product, rounded once.
  package let gradientScale: Scalar
  /// What the rule keeps between steps, changed in place; as many tensors as `UpdateRule.memoryNames`.
  package let memory: [UnsafeMutablePointer<Scalar>]
  package let filters: Int
  package let filterLength: Int
  /// Receives one `FilterSums` for each filter; `nil` if nobody asks.
  package let sums: UnsafeMutablePointer<FilterSums>?

  package init(
    old: UnsafePointer<Scalar>, updated: UnsafeMutablePointer<Scalar>, gradientSum: UnsafePointer<Scalar>,
    gradientScale: Scalar, memory: [UnsafeMutablePointer<Scalar>], filters: Int, filterLength: Int,
    sums: UnsafeMutablePointer<FilterSums>? = nil
  ) {
    unsafe self.old = old
    unsafe self.updated = updated
    unsafe self.gradientSum = gradientSum
    self.gradientScale = gradientScale
    unsafe self.memory = memory
    self.filters = filters
    self.filterLength = filterLength
    unsafe self.sums = sums
  }

  /// `sums` as the plain numbers that the kernels write.
  var sumNumbers: UnsafeMutablePointer<Double>? {
    unsafe sums.map { sums in unsafe UnsafeMutableRawPointer(sums).assumingMemoryBound(to: Double.self) }
  }
}
