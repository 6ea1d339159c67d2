package import Records

/// Claim 28: without decay the test error depends on the initial scale α through α² for SGD, through α for Adam ("only
/// partially"), and not at all for LARS and with projection.
///
/// The range of the mean errors over α, in standard deviations of a seed. And η/α^p from the usual start must give the
/// error of α with η, for the right p by TOST; at the largest α the other p must differ by a paired t test.
package struct ScaleMatters: Claim {
  package let number = 28
  package let group = ClaimGroup.outcome
  package let statement =
    "Without decay the error depends on the initial scale: squared for SGD, plain for Adam, not at "
    + "all for LARS and projection."
  package let source = "van Laarhoven 2017, arXiv:1706.05350, abstract and discussion"

  package let picture: ClaimPicture? = ClaimPicture(
    x: .init("initial scale α", logarithmic: true), y: .init("test error, %"),
    caption:
      "Test error without decay over the initial scale, means over seeds with their intervals; \"η/α^p from w₀\" is "
      + "what each scale should do by its effective rate.")

  package init() {}

  package func examine(in laboratory: any Laboratory, _ setting: Setting) throws -> [Finding] {
    let sgd = Case(.nesterov, Margins.Outcome.scaleRate, exponent: 2)
    let adam = Case(.adam, Margins.Outcome.adamScaleRate, exponent: 1)
    let projected = Case(.nesterov, Margins.Outcome.scaleRate, exponent: 0, isProjected: true)
    let lars = Case(.lars, Margins.Outcome.larsScaleRate, exponent: 0)
    let cases = [sgd, adam, projected, lars]
    let errors = try laboratory.errors(of: cases.flatMap(\.recipes), in: setting)
    return cases.flatMap { [$0.range(errors)] + $0.matches(errors) + $0.mismatches(errors) }
  }

  /// One optimizer over the scales.
  private struct Case {
    let start: Recipe
    let exponent: Int
    /// η from α w₀.
    let scaled: [Recipe]

    init(_ optimizer: Optimizer, _ rate: Double, exponent: Int, isProjected: Bool = false) {
      let start = Recipe(optimizer: optimizer, learningRate: rate, decay: 0, isProjected: isProjected)
      self.start = start
      self.exponent = exponent
      scaled = Margins.Outcome.scales.map { scale in
        var recipe = start
        recipe.scale = scale
        return recipe
      }
    }

    /// η/α^p from w₀.
    private func mapped(_ scale: Double, _ exponent: Int) -> Recipe {
      var recipe = start
      for _ in 0..<exponent { recipe.learningRate /= scale }
      return recipe
    }

    /// Of its lines.
    private var name: String { start.optimizer.rawValue + (start.isProjected ? ", projected" : "") }

    private var others: [Recipe] { exponent == 0 ? [] : scaled.filter { $0.scale != 1 } }
    private var largest: Recipe? { others.max { $0.scale < $1.scale } }
    private var wrongExponent: Int { 3 - exponent }

    var recipes: [Recipe] {
      let needed =
        scaled + others.map { mapped($0.scale, exponent) }
        + (largest.map { [mapped($0.scale, wrongExponent)] } ?? [])
      return needed.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }

    func range(_ errors: [Recipe: [Double]]) -> Finding {
      let columns = scaled.map { errors[$0] ?? [] }
      let spread = SpreadInSeeds(of: columns).value
      let (low, high) = (Margins.Outcome.flatScaleRange, Margins.Outcome.scaleRange)
      return Finding(
        "\(start): range of errors over the initial scale / seed's deviation", expected: exponent > 0 ? "large" : "0",
        value: spread.isFinite ? spread : nil,
        measured: "\(text(spread)) (\(columns.map(percent).joined(separator: ", ")))",
        tolerance: exponent > 0 ? "above \(high)" : "below \(low)", holds: exponent > 0 ? spread > high : spread < low,
        marks: errorMarks(name, scaled.map(\.scale), columns))
    }

    func matches(_ errors: [Recipe: [Double]]) -> [Finding] {
      others.map { recipe in
        let twin = mapped(recipe.scale, exponent)
        var finding = Finding(
          equal: "\(recipe), against \(twin): difference of test errors", errors[recipe] ?? [], errors[twin] ?? [],
          within: Margins.Outcome.scaleMatch)
        finding.marks = errorMarks("\(name), η/α^\(exponent) from w₀", [recipe.scale], [errors[twin] ?? []])
        return finding
      }
    }

    func mismatches(_ errors: [Recipe: [Double]]) -> [Finding] {
      guard let largest else { return [] }
      let wrong = mapped(largest.scale, wrongExponent)
      let difference = Estimate(pairedDifference: errors[largest] ?? [], errors[wrong] ?? [])
      var finding = Finding(
        "\(largest), against \(wrong), of the wrong exponent: difference of test errors", expected: "not 0",
        difference, tolerance: "p < \(Margins.level)", holds: difference.significance < Margins.level)
      finding.marks = errorMarks("\(name), η/α^\(wrongExponent) from w₀", [largest.scale], [errors[wrong] ?? []])
      return [finding]
    }
  }
}
