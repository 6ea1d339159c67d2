/// The least-squares line y = intercept + slope · x.
package struct LinearRegression: Hashable, Sendable {
  package let intercept: Double
  /// With n − 2 degrees of freedom.
  package let slope: Estimate

  /// `nil` for fewer than three points, or if all x are equal.
  package init?(_ x: [Double], _ y: [Double]) {
    precondition(x.count == y.count, "\(x.count) abscissas for \(y.count) ordinates")
    let (middleX, middleY) = (mean(x), mean(y))
    let squares = x.reduce(0) { $0 + ($1 - middleX) * ($1 - middleX) }
    guard x.count > 2, squares > 0 else { return nil }
    let gradient = zip(x, y).reduce(0) { $0 + ($1.0 - middleX) * ($1.1 - middleY) } / squares
    let residual = zip(x, y).reduce(0) { sum, point in
      let distance = point.1 - middleY - gradient * (point.0 - middleX)
      return sum + distance * distance
    }
    let freedom = Double(x.count - 2)
    intercept = middleY - gradient * middleX
    slope = Estimate(
      value: gradient, standardError: (residual / freedom / squares).squareRoot(), degreesOfFreedom: freedom)
  }
}
