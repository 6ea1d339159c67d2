package import Parameters

/// Everything that happens to one trained tensor in a step, but for the schedule: rule, penalties, projection.
package struct TensorUpdate: Sendable {
  package let rule: any UpdateRule
  package let projection: Projection
  /// λ of λ‖w‖²; its gradient is 2λw.
  package let l2: Double
  /// Decoupled: w ← w − η · weightDecay · w.
  package let weightDecay: Double

  /// - Throws: `RuleError` if a penalty is negative or not finite, a radius is not positive, or a penalty is given to a
  ///   rule that does not take it.
  package init(
    rule: any UpdateRule, projection: Projection = .none, l2: Double = 0, weightDecay: Double = 0
  ) throws(RuleError) {
    try RuleError.check("l2", l2, .notNegative)
    try RuleError.check("weightDecay", weightDecay, .notNegative)
    switch projection {
    case .none: break
    case .filter(let radius), .layer(let radius):
      try RuleError.check("projection radius", radius, .positive)
    }
    let kind = type(of: rule)
    guard kind.takesL2 || l2 == 0 else { throw .l2NotTaken(value: l2, rule: kind.name) }
    guard kind.takesWeightDecay || weightDecay == 0 else {
      throw .weightDecayNotTaken(value: weightDecay, rule: kind.name)
    }
    self.rule = rule
    self.projection = projection
    self.l2 = l2
    self.weightDecay = weightDecay
  }

  /// Whether the tensor has to lie on one server.
  package var scope: Scope { rule.scope == .layer ? .layer : projection.scope }

  /// Writes the weights after step `step` (1 for the first) to `slice.updated`: the rule's step, then the projection.
  /// The sums are those of the step before projection. The slice's threads share its filters.
  ///
  /// - Parameter learningRate: η of this step, schedule included.
  package func apply<Scalar: KernelScalar>(to slice: TensorSlice<Scalar>, step: Int, learningRate: Double) {
    let numbers = numbers(step, learningRate)
    projecting(slice) { slice in
      let count = filtersAtOnce(of: slice)
      guard count < slice.filters else { return rule.update(slice, numbers) }
      slice.share { slice, _ in
        for first in stride(from: 0, to: slice.filters, by: count) {
          rule.update(slice.part(first..<min(first + count, slice.filters)), numbers)
        }
      }
    }
  }

  /// Calls `update` with a slice whose filters are projected as they are updated; a layer is projected afterwards.
  private func projecting<Scalar: KernelScalar>(
    _ slice: TensorSlice<Scalar>, _ update: (TensorSlice<Scalar>) -> Void
  ) {
    switch projection {
    case .none: update(slice)
    case .filter(let radius): update(slice.projected(to: radius))
    case .layer:
      var norms = [Double](repeating: 0, count: slice.filters)
      unsafe norms.withUnsafeMutableBufferPointer { norms in
        update(unsafe slice.with(squaredNorms: norms.baseAddress))
      }
      unsafe projection.project(
        slice.updated, squaredNorms: norms, filterLength: slice.filterLength, on: slice.threads)
    }
  }

  /// As many as the processor's cache still holds in the rule's second pass; all where it has one pass, as a long pass is
  /// the faster one, and where a number of the whole layer is needed.
  private func filtersAtOnce<Scalar>(of slice: TensorSlice<Scalar>) -> Int {
    guard rule.scope == .filter, type(of: rule).passes > 1 else { return slice.filters }
    return max(1, (1 << 15) / max(1, slice.filterLength))
  }

  /// The same with a rate for each filter of the slice, so that a run can follow another run's effective rates.
  ///
  /// - Precondition: one rate a filter, and no number of the whole layer enters the rule's step.
  package func apply<Scalar: KernelScalar>(to slice: TensorSlice<Scalar>, step: Int, learningRates: [Double]) {
    precondition(learningRates.count == slice.filters, "\(learningRates.count) rates for \(slice.filters) filters")
    precondition(rule.scope == .filter, "the rule \(type(of: rule).name) takes one rate for the whole layer")
    projecting(slice) { slice in
      slice.share { part, filters in
        for (filter, rate) in learningRates[filters].enumerated() {
          rule.update(part.filter(filter), numbers(step, rate))
        }
      }
    }
  }

  private func numbers(_ step: Int, _ learningRate: Double) -> UpdateStep {
    UpdateStep(number: step, learningRate: learningRate, l2: l2, weightDecay: weightDecay)
  }
}
