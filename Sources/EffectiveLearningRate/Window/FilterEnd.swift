package import Parameters

/// Measurements of a filter that are made only at the end of a logging window.
package struct FilterEnd: Hashable, Sendable {
  /// The sums of a hypothetical step from the run's initial weights to those at the window's end.
  package var journey: FilterSums
  /// Σ_k ‖g_k‖² over the microbatches of the last step, g_k the gradient averaged over the samples of microbatch k;
  /// `nil` if the workers did not measure it.
  package var microbatchSquares: Double?

  /// Σ ‖R(x) − x‖² over the nodes of the last step's reduction tree, over the squared number of samples in the batch: what the
  /// wire's rounding changed in the gradient; `nil` if it rounds nothing.
  package var wireSquares: Double?
  /// ‖w − ŵ‖², ŵ what workers hold of the weights at the window's end; `nil` if these are the weights themselves.
  package var heldSquares: Double?

  package init(
    journey: FilterSums, microbatchSquares: Double? = nil, wireSquares: Double? = nil, heldSquares: Double? = nil
  ) {
    self.journey = journey
    self.microbatchSquares = microbatchSquares
    self.wireSquares = wireSquares
    self.heldSquares = heldSquares
  }

  /// The same over the union of two sets of weights.
  package static func + (a: FilterEnd, b: FilterEnd) -> FilterEnd {
    FilterEnd(
      journey: a.journey + b.journey, microbatchSquares: sum(a.microbatchSquares, b.microbatchSquares),
      wireSquares: sum(a.wireSquares, b.wireSquares), heldSquares: sum(a.heldSquares, b.heldSquares))
  }

  private static func sum(_ a: Double?, _ b: Double?) -> Double? { a.flatMap { first in b.map { first + $0 } } }
}
