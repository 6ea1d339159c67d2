package import Parameters

/// The windows of one tensor's scale-invariance groups: one for each filter, or one for the whole tensor.
package struct GroupWindows: Hashable, Sendable {
  package private(set) var windows: [FilterWindow]
  private let groupIsTensor: Bool

  /// - Parameter filters: filters held here. A tensor with `.layer` invariance must be held whole.
  package init(invariance: Parameter.ScaleInvariance, filters: Int) {
    groupIsTensor = invariance == .layer
    windows = Array(repeating: FilterWindow(), count: groupIsTensor ? 1 : filters)
  }

  /// Takes in one step: the sums of every filter held, in order.
  package mutating func add(_ sums: [FilterSums]) {
    if groupIsTensor {
      windows[0].add(sums.reduce(FilterSums(), +))
    } else {
      precondition(sums.count == windows.count, "\(sums.count) sums for \(windows.count) filters")
      for (filter, sums) in sums.enumerated() { windows[filter].add(sums) }
    }
  }

  /// Begins a new window.
  package mutating func reset() { windows = Array(repeating: FilterWindow(), count: windows.count) }
}
