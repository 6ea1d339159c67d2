import Parameters

/// The exact laws' predictions for one group's next step, carried from step to step across window boundaries.
struct GroupHistory: Hashable, Sendable {
  /// Σ of the angles of all steps, in rad.
  private(set) var cumulativeAngle = 0.0
  private var last: Step?

  private struct Step: Hashable {
    let squaredNorm: Double
    let squaredUpdate: Double
    let learningRate: Double
    /// ‖w_t‖² a_t² (1 + Φ_t²ḡ_t²), which is ‖w_{t+1}‖² by the radius law.
    let squaredNormByRadiusLaw: Double?
    /// Φ̂_t / (η_t a_t (1 + Φ̂_t²ḡ_t²)), which is Φ̂_{t+1}a_{t+1}/η_{t+1}: Φ̂ is Φ of the first step, continued by the
    /// recursion alone from the unit gradients.
    let carriedStep: Double?
    /// A_t, which is ⟨w_t, d_t⟩ by the momentum law.
    let along: Double?
  }

  /// How the start of a step compares with the prediction from the previous step.
  struct Transition {
    /// (‖w_{t+1}‖² − ‖w_t‖²)/‖w_t‖²
    let growth: Double
    let radiusResidual: Double?
    let recursionResidual: Double?
    let momentumResidual: Double?
  }

  /// Adds the next step; returns `nil` for the first step and after weights of 0.
  mutating func advance(_ sums: FilterSums, _ conditions: StepConditions, angle: Double) -> Transition? {
    cumulativeAngle += angle
    let before = last
    let along = conditions.momentum.flatMap { Self.along(after: before, conditions.learningRate, momentum: $0) }
    guard sums.w2 > 0 else {
      last = nil
      return nil
    }
    var (squaredNorm, carried, recursionResidual): (Double?, Double?, Double?)
    if let retained = conditions.retained {
      let scale = conditions.learningRate / retained
      let measured = scale / sums.w2
      squaredNorm = sums.w2 * retained * retained * (1 + measured * measured * (sums.w2 * sums.g2))
      let expected = before?.carriedStep.map { $0 * scale }
      recursionResidual = expected.map { abs(1 / ($0 / measured) - 1) }
      let followed = expected ?? measured
      carried = followed / (conditions.learningRate * retained * (1 + followed * followed * (sums.w2 * sums.g2)))
    }
    last = Step(
      squaredNorm: sums.w2, squaredUpdate: sums.d2, learningRate: conditions.learningRate,
      squaredNormByRadiusLaw: squaredNorm, carriedStep: carried, along: along)
    guard let before else { return nil }
    return Transition(
      growth: (sums.w2 - before.squaredNorm) / before.squaredNorm,
      radiusResidual: before.squaredNormByRadiusLaw.map { abs(sums.w2 / $0 - 1) },
      recursionResidual: recursionResidual,
      momentumResidual: before.along.map {
        abs(sums.w2 / (before.squaredNorm + before.squaredUpdate + 2 * $0) - 1)
      })
  }

  /// A_t = μ (η_t/η_{t−1}) (A_{t−1} + ‖d_{t−1}‖²), A_0 = 0.
  private static func along(after step: Step?, _ learningRate: Double, momentum: Double) -> Double? {
    guard let step else { return 0 }
    return step.along.map { momentum * (learningRate / step.learningRate) * ($0 + step.squaredUpdate) }
  }
}

extension GroupHistory {
  /// Doubles in the serialized form.
  static let doubleCount = 11

  /// The serialized form: every optional is a presence flag, 1 or 0, and a value, so that no value is reserved.
  var numbers: [Double] {
    func law(_ value: Double?) -> [Double] { value.map { [1, $0] } ?? [0, 0] }
    let step: [Double] = last.map { [1, $0.squaredNorm, $0.squaredUpdate, $0.learningRate] } ?? [0, 0, 0, 0]
    return [cumulativeAngle] + step + law(last?.squaredNormByRadiusLaw) + law(last?.carriedStep) + law(last?.along)
  }

  /// - Parameter numbers: `doubleCount` numbers of any value, as `numbers` has them.
  init(_ numbers: ArraySlice<Double>) {
    precondition(numbers.count == Self.doubleCount, "\(numbers.count) numbers for a history of \(Self.doubleCount)")
    let numbers = Array(numbers)
    func law(_ index: Int) -> Double? { numbers[index] == 0 ? nil : numbers[index + 1] }
    cumulativeAngle = numbers[0]
    guard numbers[1] != 0 else { return }
    last = Step(
      squaredNorm: numbers[2], squaredUpdate: numbers[3], learningRate: numbers[4], squaredNormByRadiusLaw: law(5),
      carriedStep: law(7), along: law(9))
  }
}
