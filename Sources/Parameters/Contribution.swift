/// The sum of the gradients of some microbatches, with the tally of the same microbatches.
package struct Contribution<Scalar: KernelScalar>: Sendable {
  package let gradient: Buffer<Scalar>
  package let tally: Tally

  package init(gradient: Buffer<Scalar>, tally: Tally) {
    self.gradient = gradient
    self.tally = tally
  }

  /// a + b, written into `sum`, which may be one of the two.
  package static func add(_ a: Self, _ b: Self, into sum: Buffer<Scalar>) -> Self {
    precondition(a.gradient.count == b.gradient.count && sum.count == a.gradient.count, "gradients of one layout")
    unsafe Scalar.add(a.gradient.start, b.gradient.start, into: sum.start, count: sum.count)
    return Contribution(gradient: sum, tally: a.tally + b.tally)
  }
}
