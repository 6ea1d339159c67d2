package import Parameters

/// Measurements of a filter that are made only at the end of a logging window.
package struct FilterEnd: Hashable, Sendable {
  /// The sums of a hypothetical step from the run's initial weights to those at the window's end.
  package var journey: FilterSums
  /// Σ_k ‖g_k‖² over the microbatches of the last step, g_k the gradient averaged over the samples of microbatch k;
  /// `nil` if the workers did not measure it.
  package var microbatchSquares: Double?

  package init(journey: FilterSums, microbatchSquares: Double? = nil) {
    self.journey = journey
    self.microbatchSquares = microbatchSquares
  }

  /// The same over the union of two sets of weights.
  package static func + (a: FilterEnd, b: FilterEnd) -> FilterEnd {
    FilterEnd(
      journey: a.journey + b.journey,
      microbatchSquares: a.microbatchSquares.flatMap { first in b.microbatchSquares.map { first + $0 } })
  }
}
