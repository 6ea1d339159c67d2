package import Parameters

/// What fixes the length of the weights after a step: w ← radius · w / ‖w‖. A zero vector stays zero.
///
/// Layer projection of weights that are scale-invariant filter by filter does not fix the rate of a filter.
///
/// - Source: van Laarhoven 2017, arXiv:1706.05350, section 5.5, "Normalizing Weights".
package enum Projection: Hashable, Sendable {
  case none
  /// Each filter by itself.
  case filter(radius: Double)
  /// The whole tensor, which must lie on one server.
  case layer(radius: Double)

  package var scope: Scope {
    if case .layer = self { .layer } else { .filter }
  }

  /// Projects `filters` × `filterLength` weights in place. Norms are taken in `Double`, that of a layer from those of
  /// its filters, in order.
  package func project<Scalar: KernelScalar>(
    _ weights: UnsafeMutablePointer<Scalar>, filters: Int, filterLength: Int
  ) {
    guard self != .none else { return }
    let norms = unsafe Scalar.squaredNorms(ofRows: weights, rows: filters, rowLength: filterLength)
    unsafe project(weights, squaredNorms: norms, filterLength: filterLength)
  }

  /// The same with the squared norm of each filter.
  func project<Scalar: KernelScalar>(
    _ weights: UnsafeMutablePointer<Scalar>, squaredNorms: [Double], filterLength: Int, on threads: Threads = .one
  ) {
    unsafe factors(squaredNorms).withUnsafeBufferPointer { factors in
      guard let start = factors.baseAddress else { return }
      threads.share(squaredNorms.count, of: filterLength) { rows in
        let first = unsafe weights + rows.lowerBound * filterLength
        unsafe Scalar.scaleRows(
          of: first, by: start + rows.lowerBound, into: first, rows: rows.count, rowLength: filterLength)
      }
    }
  }

  /// What each filter is multiplied by.
  private func factors(_ squaredNorms: [Double]) -> [Double] {
    func factor(_ radius: Double, _ squaredNorm: Double) -> Double {
      squaredNorm == 0 ? 1 : radius / squaredNorm.squareRoot()
    }
    switch self {
    case .none: return squaredNorms.map { _ in 1 }
    case .filter(let radius): return squaredNorms.map { factor(radius, $0) }
    case .layer(let radius):
      let whole = factor(radius, squaredNorms.reduce(0, +))
      return squaredNorms.map { _ in whole }
    }
  }
}
