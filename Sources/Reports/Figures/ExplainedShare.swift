import Foundation

/// How well a quantity x says what y is, whatever the form of their relation: the share of y's variance that is explained when
/// each y is predicted from the *other* points with like x (docs/science.md, section 3.5).
///
/// The prediction is a line through the others, by least squares with Gaussian weights around the point in log x. No point
/// predicts itself, so that a curve through all points does not explain them; their mean explains 0.
package struct ExplainedShare: Sendable {
  /// 0 if no width predicts better than the mean of the others; at most 1.
  package let share: Double
  /// Of the Gaussian, in decades of x.
  package let width: Double
  private let points: [(place: Double, y: Double)]

  /// The widths tried, in decades; the one that predicts best is used, for each quantity alike.
  private static let widths = (0..<7).map { 0.03 * pow(2, Double($0)) }

  /// - Parameter points: 0 stands a decade below the least x above it.
  /// - Returns: `nil` for fewer than eight points, for x or y that do not vary, and for negative x.
  package init?(_ points: [(x: Double, y: Double)]) {
    guard points.count >= 8, points.allSatisfy({ $0.x >= 0 && $0.x.isFinite && $0.y.isFinite }) else { return nil }
    guard Set(points.map(\.x)).count > 1, Set(points.map(\.y)).count > 1 else { return nil }
    let zero = log10(points.map(\.x).filter { $0 > 0 }.min() ?? 1) - 1
    let placed = points.map { (place: $0.x > 0 ? log10($0.x) : zero, y: $0.y) }
    func error(_ width: Double) -> Double {
      placed.indices.reduce(0) { sum, index in
        let difference = placed[index].y - Self.line(placed, at: placed[index].place, width: width, without: index)
        return sum + difference * difference
      }
    }
    let (count, total) = (Double(placed.count), placed.reduce(0) { $0 + $1.y })
    let whole = placed.reduce(0) { sum, point in
      let difference = point.y - (total - point.y) / (count - 1)
      return sum + difference * difference
    }
    let best = Self.widths.map { (width: $0, error: error($0)) }.min { $0.error < $1.error }
    guard let best else { return nil }
    (self.points, share, width) = (placed, max(0, 1 - best.error / whole), best.width)
  }

  /// The prediction for any x above 0, from all points.
  package func prediction(at x: Double) -> Double { Self.line(points, at: log10(x), width: width, without: nil) }

  /// Points that are nearer to each other, in decades, have a mean and no line.
  private static let resolution = 0.05

  private static func line(
    _ points: [(place: Double, y: Double)], at place: Double, width: Double, without left: Int?
  ) -> Double {
    var (weights, x, y, xx, xy) = (0.0, 0.0, 0.0, 0.0, 0.0)
    for (index, point) in points.enumerated() where index != left {
      let offset = point.place - place
      let distance = offset / width
      // Far from all others, the nearest count most.
      let weight = exp(-distance * distance / 2) + 1e-12 / (1 + distance * distance)
      weights += weight
      x += weight * offset
      y += weight * point.y
      xx += weight * offset * offset
      xy += weight * offset * point.y
    }
    let (meanX, meanY) = (x / weights, y / weights)
    let slope = (xy / weights - meanX * meanY) / (xx / weights - meanX * meanX + resolution * resolution)
    return meanY - slope * meanX
  }
}
