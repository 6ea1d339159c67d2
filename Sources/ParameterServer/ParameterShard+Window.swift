import EffectiveLearningRate
import Parameters

extension ParameterShard {
  /// Takes the measurements that are made only when a window is reported, and returns the window.
  ///
  /// - Parameters:
  ///   - all: `Contribution.squares` of the last step's sums, by segment.
  ///   - endsHere: whether the next step begins a new window.
  mutating func reportWindow(_ all: [[Double]], nonFinite: String?, endsHere: Bool) -> WindowReport {
    // All or none, so that none goes to another filter.
    let isMeasured = all.indices.allSatisfy { all[$0].count == loggedFilters(ofSegment: $0) }
    var squares = isMeasured ? all.flatMap(\.self)[...] : []
    var numbers: [Double] = []
    for (index, tensor) in tensors.enumerated() {
      guard var groups = windows[index] else {
        numbers += elements(of: tensor)
        continue
      }
      groups.close(ends(of: tensor, squares.prefix(tensor.slice.filters.count)))
      squares = squares.dropFirst(tensor.slice.filters.count)
      numbers += groups.windows.flatMap(\.numbers)
      guard endsHere else { continue }
      groups.reset()
      windows[index] = groups
    }
    let report = WindowReport(version: version, tally: tally, steps: steps, windows: numbers, nonFinite: nonFinite)
    if endsHere { (tally, steps) = (Tally(), 0) }
    return report
  }

  /// - Parameter squares: those of the tensor's filters, or none.
  private func ends(of tensor: Tensor, _ squares: ArraySlice<Double>) -> [FilterEnd] {
    let start = tensor.slice.range.lowerBound
    let journeys = unsafe FilterSums.ofStep(
      from: initial.start + start, to: current.start + start, filters: tensor.slice.filters.count,
      filterLength: tensor.parameter.filterLength)
    guard squares.count == journeys.count else { return journeys.map { FilterEnd(journey: $0) } }
    return zip(journeys, squares).map { FilterEnd(journey: $0, microbatchSquares: $1) }
  }

  /// `ElementWindow`s in their serialized form.
  private func elements(of tensor: Tensor) -> [Double] {
    guard let previous, let other = tensor.other else { return [] }
    let (start, count) = (tensor.slice.range.lowerBound, tensor.slice.range.count)
    let old = unsafe Scalar.widened(previous.start + start, count: count)
    let new = unsafe Scalar.widened(current.start + start, count: count)
    let sums = unsafe Scalar.widened(otherSums.start + other.lowerBound, count: count)
    let terms = Double(tensor.parameter.role.isStatistic ? microbatches : batch)
    return (0..<count).flatMap { [old[$0], sums[$0] / terms, new[$0] - old[$0]] }
  }
}
