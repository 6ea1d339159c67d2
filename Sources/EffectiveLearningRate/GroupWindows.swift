package import Parameters

/// The windows of one tensor's scale-invariance groups, in the order of their filters.
package struct GroupWindows: Hashable, Sendable {
  package private(set) var windows: [FilterWindow]
  private var histories: [GroupHistory]
  private let filtersPerGroup: Int

  /// - Parameter filters: number of filters held here, a multiple of the group size.
  package init(invariance: Parameter.ScaleInvariance, filters: Int) {
    filtersPerGroup = invariance.filtersPerGroup
    precondition(filters.isMultiple(of: filtersPerGroup), "\(filters) filters cut a group of \(filtersPerGroup)")
    windows = Array(repeating: FilterWindow(), count: filters / filtersPerGroup)
    histories = Array(repeating: GroupHistory(), count: windows.count)
  }

  /// Adds one step: the sums of every filter held, in order.
  package mutating func add(_ sums: [FilterSums], in conditions: StepConditions = .none) {
    add(sums) { _ in conditions }
  }

  /// Adds one step whose conditions differ between the groups.
  ///
  /// - Parameter conditions: of a group, by its index among those held.
  package mutating func add(_ sums: [FilterSums], in conditions: (Int) -> StepConditions) {
    let sums = grouped(sums, +)
    for group in windows.indices { windows[group].add(sums[group], in: conditions(group), &histories[group]) }
  }

  /// Adds the measurements at the window's end, of every filter held, in order.
  package mutating func close(_ ends: [FilterEnd]) {
    let ends = grouped(ends, +)
    for group in windows.indices { windows[group].close(ends[group]) }
  }

  /// Begins a new window; the exact laws' predictions for the next step are kept.
  package mutating func reset() { windows = Array(repeating: FilterWindow(), count: windows.count) }

  /// Combines the values of filters into values of groups.
  private func grouped<Value>(_ filters: [Value], _ join: (Value, Value) -> Value) -> [Value] {
    precondition(
      filters.count == windows.count * filtersPerGroup, "\(filters.count) filters for \(windows.count) groups")
    guard filtersPerGroup > 1 else { return filters }
    return stride(from: 0, to: filters.count, by: filtersPerGroup).map { first in
      filters[(first + 1)..<(first + filtersPerGroup)].reduce(filters[first], join)
    }
  }
}

/// The state of an open window, so that it can be continued by another process.
extension GroupWindows {
  /// Doubles of one group's state.
  package static var stateDoublesPerGroup: Int { FilterWindow.doubleCount + GroupHistory.doubleCount }

  /// Doubles in the state of this many filters of `parameter`; 0 if it is not logged.
  package static func stateDoubles(of parameter: Parameter, filters: Int) -> Int {
    parameter.isLogged ? filters / parameter.invariance.filtersPerGroup * stateDoublesPerGroup : 0
  }

  /// Group by group: the window so far, and the exact laws' predictions for the next step.
  package var state: [Double] { zip(windows, histories).flatMap { $0.numbers + $1.numbers } }

  /// Replaces the current content with `state`.
  ///
  /// - Parameter state: for the same number of groups, with any values.
  package mutating func restore(_ state: ArraySlice<Double>) {
    let size = Self.stateDoublesPerGroup
    precondition(state.count == windows.count * size, "\(state.count) numbers for \(windows.count) groups")
    for group in windows.indices {
      let start = state.startIndex + group * size
      let middle = start + FilterWindow.doubleCount
      windows[group] = FilterWindow(state[start..<middle])
      histories[group] = GroupHistory(state[middle..<(start + size)])
    }
  }
}
