/// The least-squares parabola y = c₀ + c₁ (x − x̄) + c₂ (x − x̄)².
package struct Parabola: Hashable, Sendable {
  private let center: Double
  private let linear: Double
  /// c₂; the parabola has a minimum where it is above 0.
  package let curvature: Double

  /// `nil` if the points have fewer than three different x.
  ///
  /// y is regressed on two orthogonal polynomials of x, (x − x̄) and the residual of its square, so that no
  /// system of equations has to be solved.
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

  /// The minimum's x; `nil` if there is none.
  package var minimum: Double? { curvature > 0 ? center - linear / (2 * curvature) : nil }
}

private func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
