package import Parameters

/// The windows of one tensor's scale-invariance groups, in the order of their filters.
package struct GroupWindows: Hashable, Sendable {
  package private(set) var windows: [FilterWindow]
  private var histories: [GroupHistory]
  private let filtersPerGroup: Int

  /// - Parameter filters: filters held here, whole groups.
  package init(invariance: Parameter.ScaleInvariance, filters: Int) {
    filtersPerGroup = invariance.filtersPerGroup
    precondition(filters.isMultiple(of: filtersPerGroup), "\(filters) filters cut a group of \(filtersPerGroup)")
    windows = Array(repeating: FilterWindow(), count: filters / filtersPerGroup)
    histories = Array(repeating: GroupHistory(), count: windows.count)
  }

  /// Takes in one step: the sums of every filter held, in order.
  package mutating func add(_ sums: [FilterSums], in conditions: StepConditions = .none) {
    let sums = grouped(sums, +)
    for group in windows.indices { windows[group].add(sums[group], in: conditions, &histories[group]) }
  }

  /// Takes in what is measured at the window's end, of every filter held, in order.
  package mutating func close(_ ends: [FilterEnd]) {
    let ends = grouped(ends, +)
    for group in windows.indices { windows[group].close(ends[group]) }
  }

  /// Begins a new window; what the laws expect of the next step stays.
  package mutating func reset() { windows = Array(repeating: FilterWindow(), count: windows.count) }

  /// The values of the groups, from those of the filters.
  private func grouped<Value>(_ filters: [Value], _ join: (Value, Value) -> Value) -> [Value] {
    precondition(
      filters.count == windows.count * filtersPerGroup, "\(filters.count) filters for \(windows.count) groups")
    guard filtersPerGroup > 1 else { return filters }
    return stride(from: 0, to: filters.count, by: filtersPerGroup).map { first in
      filters[(first + 1)..<(first + filtersPerGroup)].reduce(filters[first], join)
    }
  }
}
