package import Parameters

/// The windows of one tensor's scale-invariance groups: one for each filter, or one for the whole tensor.
package struct GroupWindows: Hashable, Sendable {
  package private(set) var windows: [FilterWindow]
  private var histories: [GroupHistory]
  private let groupIsTensor: Bool

  /// - Parameter filters: filters held here. A tensor with `.layer` invariance must be held whole.
  package init(invariance: Parameter.ScaleInvariance, filters: Int) {
    groupIsTensor = invariance == .layer
    windows = Array(repeating: FilterWindow(), count: groupIsTensor ? 1 : filters)
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
    var groups = filters
    if groupIsTensor, let first = filters.first { groups = [filters.dropFirst().reduce(first, join)] }
    precondition(groups.count == windows.count, "\(filters.count) filters for \(windows.count) groups")
    return groups
  }
}
