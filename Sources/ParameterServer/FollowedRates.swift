import Parameters

/// The effective rates of every filter of one tensor in every step of another run, for a run that takes the same.
///
/// A filter's η in a step is rate · ‖w‖^p with its own ‖w‖ before the step and p of its own rule. So it turns as far as the
/// other run's filter did, whatever the lengths of the two.
package struct FollowedRates: Hashable, Sendable {
  /// η/(a‖w‖^p) there, step by step, in filter order.
  private let rates: [Double]
  private let filters: Int
  private let exponent: Int

  /// - Parameters:
  ///   - rates: steps × `filters` numbers, the first step's first.
  ///   - exponent: p of the rule that follows.
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
    step: Int, held: Range<Int>, weights: UnsafePointer<Scalar>, filterLength: Int
  ) -> [Double] {
    let squaredNorms = unsafe Scalar.squaredNorms(ofRows: weights, rows: held.count, rowLength: filterLength)
    return zip(held, squaredNorms).map { filter, squaredNorm in
      let rate = rates[(step - 1) * filters + filter]
      switch exponent {
      case 0: return rate
      case 2: return rate * squaredNorm
      default: return rate * squaredNorm.squareRoot()
      }
    }
  }
}
