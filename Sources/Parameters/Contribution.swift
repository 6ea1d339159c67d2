/// The sum of the gradients of some microbatches, with the tally of the same microbatches and, in steps that end a
/// logging window, the squared norms of their gradients.
package struct Contribution<Scalar: KernelScalar>: Sendable {
  package let gradient: Buffer<Scalar>
  package let tally: Tally
  /// Σ_k ‖g_k‖² over the microbatches, one for each logged filter of the segment in network order, g_k averaged over the samples of
  /// microbatch k; empty if not measured.
  package let squares: [Double]

  package init(gradient: Buffer<Scalar>, tally: Tally, squares: [Double] = []) {
    self.gradient = gradient
    self.tally = tally
    self.squares = squares
  }

  /// a + b, written into `sum`, which may be one of the two. The sum has squares only if both halves have them.
  package static func add(_ a: Self, _ b: Self, into sum: Buffer<Scalar>) -> Self {
    precondition(a.gradient.count == b.gradient.count && sum.count == a.gradient.count, "gradients of one layout")
    unsafe Scalar.add(a.gradient.start, b.gradient.start, into: sum.start, count: sum.count)
    let squares = a.squares.count == b.squares.count ? zip(a.squares, b.squares).map { $0 + $1 } : []
    return Contribution(gradient: sum, tally: a.tally + b.tally, squares: squares)
  }
}
