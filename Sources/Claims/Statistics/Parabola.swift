/// The parabola y = c₀ + c₁ (x − x̄) + c₂ (x − x̄)² of least squares.
package struct Parabola: Hashable, Sendable {
  private let center: Double
  private let linear: Double
  /// c₂; the parabola has a minimum where it is above 0.
  package let curvature: Double

  /// `nil` where the points have fewer than three different x.
  ///
  /// y is regressed on two orthogonal polynomials of x, (x − x̄) and its square less what the former explain of it, which
  /// needs no matrix.
  package init?(_ x: [Double], _ y: [Double]) {
    precondition(x.count == y.count, "\(x.count) abscissas for \(y.count) ordinates")
    guard Set(x).count > 2 else { return nil }
    let middle = mean(x)
    let first = x.map { $0 - middle }
    let squares = first.map { $0 * $0 }
    let (level, tilt) = (mean(squares), dot(squares, first) / dot(first, first))
    let second = zip(squares, first).map { $0 - level - tilt * $1 }
    center = middle
    curvature = dot(second, y) / dot(second, second)
    linear = dot(first, y) / dot(first, first) - curvature * tilt
  }

  /// Where the parabola is lowest; `nil` if it has no minimum.
  package var minimum: Double? { curvature > 0 ? center - linear / (2 * curvature) : nil }
}

private func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
