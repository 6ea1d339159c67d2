/// Student's t distribution.
package struct StudentT: Hashable, Sendable {
  /// ν, above 0; need not be an integer.
  package let degreesOfFreedom: Double

  package init(degreesOfFreedom: Double) {
    precondition(degreesOfFreedom > 0, "\(degreesOfFreedom) degrees of freedom")
    self.degreesOfFreedom = degreesOfFreedom
  }

  /// P(T > t): half of I_{ν/(ν + t²)}(ν/2, 1/2) for t ≥ 0.
  package func upperTail(_ t: Double) -> Double {
    guard t.isFinite else { return t.isNaN ? .nan : t > 0 ? 0 : 1 }
    let half = regularizedIncompleteBeta(degreesOfFreedom / (degreesOfFreedom + t * t), degreesOfFreedom / 2, 0.5) / 2
    return t >= 0 ? half : 1 - half
  }

  /// The quantile of `probability`, by bisection to the last bits.
  package func quantile(_ probability: Double) -> Double {
    precondition(probability > 0 && probability < 1, "probability \(probability)")
    guard probability >= 0.5 else { return -quantile(1 - probability) }
    var (low, high) = (0.0, 1.0)
    while upperTail(high) > 1 - probability { (low, high) = (high, 2 * high) }
    while true {
      let middle = (low + high) / 2
      guard low < middle, middle < high else { return middle }
      if upperTail(middle) > 1 - probability { low = middle } else { high = middle }
    }
  }
}
