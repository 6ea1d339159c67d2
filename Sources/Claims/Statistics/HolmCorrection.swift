/// p values of several tests, corrected so that the chance of any false discovery stays below the level; in the order
/// of `significances`.
///
/// The k-th smallest of m is multiplied by m − k + 1, raised to at least the previous one, and capped at 1.
///
/// - Source: Holm 1979, Scandinavian Journal of Statistics 6, 65–70.
package func holmCorrected(_ significances: [Double]) -> [Double] {
  var corrected = significances
  var largest = 0.0
  for (rank, index) in significances.indices.sorted(by: { significances[$0] < significances[$1] }).enumerated() {
    largest = max(largest, min(1, Double(significances.count - rank) * significances[index]))
    corrected[index] = largest
  }
  return corrected
}
