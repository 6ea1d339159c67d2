import Foundation

/// Between which lines the cells of one column or row lie: halfway to their neighbors.
package struct CellEdges {
  private let places: [(value: Double, place: Double)]
  /// Half the width of a cell without neighbors.
  private let fallback: Double

  package init(_ values: [Double], _ scale: Scale, fallback: Double = 14) {
    self.fallback = scale.hasZero ? min(fallback, scale.zeroRoom) : fallback
    places = Set(values).map { ($0, scale.position($0)) }.sorted { $0.1 < $1.1 }
  }

  /// The outer edges of the first and the last cell: as far from their values, by ratio, as the inner ones.
  static func ends(_ values: [Double]) -> [Double] {
    let values = Set(values).filter { $0 > 0 }.sorted()
    guard values.count > 1 else { return [] }
    let last = values.count - 1
    return [
      values[0] * (values[0] / values[1]).squareRoot(), values[last] * (values[last] / values[last - 1]).squareRoot(),
    ]
  }

  package func edges(of value: Double) -> (Double, Double) {
    guard let index = places.firstIndex(where: { $0.value == value }) else { return (0, 0) }
    let place = places[index].place
    /// Halfway to a neighbor; 0 stands apart, and what is beside it keeps clear of its cell.
    func half(_ neighbor: Int) -> Double? {
      guard places.indices.contains(neighbor), places[neighbor].value != 0, value != 0 else { return nil }
      return abs(places[neighbor].place - place) / 2
    }
    guard value != 0 else { return (place - fallback, place + fallback) }
    let after = half(index + 1)
    var before = half(index - 1) ?? after ?? fallback
    if index > 0, places[index - 1].value == 0 {
      before = min(before, max(place - places[index - 1].place - 1.3 * fallback, 0))
    }
    return (place - before, place + (after ?? before))
  }
}

/// From the best value, dark blue, over green to the worst, pale yellow: equal steps look equal, and print in gray.
package struct CellColors {
  private let least: Double
  private let greatest: Double

  private static let stops: [(Double, Double, Double)] = [
    (38, 60, 120), (38, 110, 142), (52, 155, 130), (140, 198, 110), (238, 232, 150),
  ]

  /// - Parameter values: what lies far above the others is drawn as the worst: a map is read near its minimum. What differs by less
  ///   than a fifth gets colors that are closer: noise should not look like a map.
  package init(_ values: [Double]) {
    least = values.min() ?? 0
    greatest = max(min(values.max() ?? 1, least * 3 + 1), least * 1.2 + 1e-9)
  }

  private func share(_ value: Double) -> Double {
    let (low, high) = (log(max(least, 1e-9)), log(max(greatest, 2e-9)))
    return min(max((log(max(value, 1e-9)) - low) / max(high - low, 1e-9), 0), 1)
  }

  package func isDark(_ value: Double) -> Bool { share(value) < 0.6 }

  /// Such as `#263c78`.
  package func hexadecimal(_ value: Double) -> String {
    let place = share(value) * Double(Self.stops.count - 1)
    let index = min(Int(place), Self.stops.count - 2)
    let (a, b, t) = (Self.stops[index], Self.stops[index + 1], place - Double(index))
    func mix(_ x: Double, _ y: Double) -> Int { Int((x + (y - x) * t).rounded()) }
    return String(format: "#%02x%02x%02x", mix(a.0, b.0), mix(a.1, b.1), mix(a.2, b.2))
  }
}
