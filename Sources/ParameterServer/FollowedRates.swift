import Parameters

/// The effective learning rates of every filter of one tensor in every step of another run, for a run that uses the
/// same ones.
///
/// A filter's η in a step is rate · ‖w‖^p with its own ‖w‖ before the step and p of its own rule. So it rotates by the
/// same angle as the other run's filter, whatever their norms.
package struct FollowedRates: Hashable, Sendable {
  /// η/(a‖w‖^p) of the other run, step by step, in filter order.
  private let rates: [Double]
  private let filters: Int
  private let exponent: Int

  /// - Parameters:
  ///   - rates: steps × `filters` numbers, starting with the first step.
  ///   - exponent: p of the rule that uses the rates.
  package init(rates: [Double], filters: Int, exponent: Int) {
    precondition(filters > 0 && rates.count.isMultiple(of: filters), "one rate for each filter and step")
    self.rates = rates
    self.filters = filters
    self.exponent = exponent
  }

  /// η of each filter in `held` for step `step`, 1 for the first.
  ///
  /// - Parameter weights: of the filters held, `filterLength` each.
  func learningRates<Scalar: KernelScalar>(
    step: Int, held: Range<Int>, weights: UnsafePointer<Scalar>, filterLength: Int, on threads: Threads = .one
  ) -> [Double] {
    let squaredNorms = unsafe Scalar.squaredNorms(
      ofRows: weights, rows: held.count, rowLength: filterLength, on: threads)
    return zip(held, squaredNorms).map { learningRate(step: step, filter: $0, squaredNorm: $1) }
  }

  /// η of every filter in step `step`, 1 for the first.
  ///
  /// - Parameter norms: ‖w‖ of every filter before the step.
  package func learningRates(step: Int, norms: [Double]) -> [Double] {
    norms.enumerated().map { learningRate(step: step, filter: $0, squaredNorm: $1 * $1) }
  }

  private func learningRate(step: Int, filter: Int, squaredNorm: Double) -> Double {
    let rate = rates[(step - 1) * filters + filter]
    switch exponent {
    case 0: return rate
    case 2: return rate * squaredNorm
    default: return rate * squaredNorm.squareRoot()
    }
  }
}
