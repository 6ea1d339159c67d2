/// Sums over the weights of one filter in one update, in `Double`.
///
/// w denotes the old weights w_t, g the averaged gradient before any penalty, d = w_{t+1} − w_t before projection, m
/// the first tensor of the optimizer state after the step (0 for optimizers without state). Element i of the filter is
/// added to lane i mod 16; the lanes are folded in one fixed order.
package struct FilterSums: Hashable, Sendable {
  /// ‖w‖²
  package var w2 = 0.0
  /// ‖g‖²
  package var g2 = 0.0
  /// ⟨w, g⟩
  package var wg = 0.0
  /// ‖d‖²
  package var d2 = 0.0
  /// ⟨w, d⟩
  package var wd = 0.0
  /// Number of weights with g ≠ 0.
  package var live = 0.0
  /// ‖m‖², m the first tensor of the optimizer state after the step; 0 for optimizers without state.
  package var m2 = 0.0
  /// ⟨w, m⟩
  package var wm = 0.0

  package init() {}

  /// The sums over the union of two sets of weights.
  package static func + (a: FilterSums, b: FilterSums) -> FilterSums {
    var sum = a
    sum.w2 += b.w2
    sum.g2 += b.g2
    sum.wg += b.wg
    sum.d2 += b.d2
    sum.wd += b.wd
    sum.live += b.live
    sum.m2 += b.m2
    sum.wm += b.wm
    return sum
  }
}
