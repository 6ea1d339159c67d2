import EffectiveLearningRate
import Parameters

extension ParameterShard {
  /// See `Contribution`.
  typealias Measured = (squares: [Double], errors: [Double])

  /// Takes the measurements that are made only when a window is reported, and returns the window.
  ///
  /// - Parameters:
  ///   - all: of the last step's sums, by segment.
  ///   - endsHere: whether the next step begins a new window.
  mutating func reportWindow(_ all: [Measured], nonFinite: String?, endsHere: Bool) -> WindowReport {
    // All or none, so that none goes to another filter.
    func measured(_ numbers: (Measured) -> [Double]) -> ArraySlice<Double> {
      let isMeasured = all.indices.allSatisfy { numbers(all[$0]).count == loggedFilters(ofSegment: $0) }
      return isMeasured ? all.flatMap(numbers)[...] : []
    }
    var (squares, errors) = (measured(\.squares), wire.format.isLossy ? measured(\.errors) : [])
    let held = wire.format.isLossy ? broadcast.held(of: sent) : nil
    var numbers: [Double] = []
    for (index, tensor) in tensors.enumerated() {
      guard var groups = windows[index] else {
        numbers += elements(of: tensor)
        continue
      }
      let filters = tensor.slice.filters.count
      groups.close(ends(of: tensor, squares.prefix(filters), errors.prefix(filters), held))
      (squares, errors) = (squares.dropFirst(filters), errors.dropFirst(filters))
      numbers += groups.windows.flatMap(\.numbers)
      guard endsHere else { continue }
      groups.reset()
      windows[index] = groups
    }
    let report = WindowReport(version: version, tally: tally, steps: steps, windows: numbers, nonFinite: nonFinite)
    if endsHere { (tally, steps) = (Tally(), 0) }
    return report
  }

  /// - Parameters:
  ///   - squares: those of the tensor's filters, or none.
  ///   - errors: the same.
  ///   - held: by the workers, if these are not the weights.
  private func ends(
    of tensor: Tensor, _ squares: ArraySlice<Double>, _ errors: ArraySlice<Double>, _ held: Buffer<Scalar>?
  ) -> [FilterEnd] {
    let start = tensor.slice.range.lowerBound
    func sums(from old: Buffer<Scalar>, to new: Buffer<Scalar>) -> [FilterSums] {
      unsafe FilterSums.ofStep(
        from: old.start + start, to: new.start + start, filters: tensor.slice.filters.count,
        filterLength: tensor.parameter.filterLength)
    }
    var ends = sums(from: initial, to: current).map { FilterEnd(journey: $0) }
    for (filter, square) in squares.enumerated() { ends[filter].microbatchSquares = square }
    for (filter, error) in errors.enumerated() { ends[filter].wireSquares = error / Double(batch * batch) }
    guard let held else { return ends }
    for (filter, sums) in sums(from: current, to: held).enumerated() { ends[filter].heldSquares = sums.d2 }
    return ends
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
