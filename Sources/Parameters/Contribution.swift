/// The sum of the gradients of some microbatches, packed if the wire's format is lossy (`SegmentCoding`), with the tally of the same microbatches and, in steps that end a
/// logging window, the squared norms of their gradients.
package struct Contribution<Scalar: KernelScalar>: Sendable {
  package let gradient: Buffer<Scalar>
  package let tally: Tally
  /// Σ_k ‖g_k‖² over the microbatches, one for each logged filter of the segment in network order, g_k averaged over the samples of
  /// microbatch k; empty if not measured.
  package let squares: [Double]
  /// Σ ‖R(x) − x‖² over the nodes of the reduction tree so far, whose sums x were rounded to R(x), one for each logged filter;
  /// empty if not measured.
  package let errors: [Double]

  package init(gradient: Buffer<Scalar>, tally: Tally, squares: [Double] = [], errors: [Double] = []) {
    self.gradient = gradient
    self.tally = tally
    self.squares = squares
    self.errors = errors
  }

  /// a + b, written into `sum`, which may be one of the two, by some threads. The sum has squares only if both halves have them.
  package static func add(_ a: Self, _ b: Self, into sum: Buffer<Scalar>, on threads: Threads = .one) -> Self {
    precondition(a.gradient.count == b.gradient.count && sum.count == a.gradient.count, "gradients of one layout")
    threads.share(sum.count) { range in
      let first = range.lowerBound
      unsafe Scalar.add(
        a.gradient.start + first, b.gradient.start + first, into: sum.start + first, count: range.count)
    }
    return Contribution(gradient: sum, tally: a.tally + b.tally, squares: Self.sum(a.squares, b.squares))
  }

  /// One number for each filter; none if they were measured in one half only.
  static func sum(_ a: [Double], _ b: [Double]) -> [Double] { a.count == b.count ? zip(a, b).map { $0 + $1 } : [] }
}
