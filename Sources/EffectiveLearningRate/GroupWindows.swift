package import Parameters

/// The windows of one tensor's scale-invariance groups, in the order of their filters.
package struct GroupWindows: Hashable, Sendable {
  package private(set) var windows: [FilterWindow]
  private let filtersPerGroup: Int

  /// - Parameter filters: filters held here, whole groups.
  package init(invariance: Parameter.ScaleInvariance, filters: Int) {
    filtersPerGroup = invariance.filtersPerGroup
    precondition(filters.isMultiple(of: filtersPerGroup), "\(filters) filters cut a group of \(filtersPerGroup)")
    windows = Array(repeating: FilterWindow(), count: filters / filtersPerGroup)
  }

  /// Takes in one step: the sums of every filter held, in order.
  package mutating func add(_ sums: [FilterSums]) {
    precondition(sums.count == windows.count * filtersPerGroup, "\(sums.count) sums for \(windows.count) groups")
    for group in windows.indices {
      let filters = sums[(group * filtersPerGroup)..<((group + 1) * filtersPerGroup)]
      windows[group].add(filters.reduce(FilterSums(), +))
    }
  }

  /// Begins a new window.
  package mutating func reset() { windows = Array(repeating: FilterWindow(), count: windows.count) }
}
