package import Records

/// Claim 25, the paper's conclusion: with projected weights, tuning η alone achieves what tuning λ achieves at any η.
///
/// The best λ_d of each η, and the best η of projected weights without decay, are chosen by their mean error over the
/// first seeds and compared on further ones, so that the choice biases neither; paired by seed, by TOST.
package struct BestErrorsAgree: Claim {
  package let number = 25
  package let group = ClaimGroup.outcome
  package let statement = "The best error over λ at any η is the best error over η of projected weights without decay."
  package let source = "van Laarhoven 2017, arXiv:1706.05350, section 5.5"

  package init() {}

  package func examine(in laboratory: any Laboratory, _ setting: Setting) throws -> [Finding] {
    let projected = Margins.Outcome.projectedRates.map {
      Recipe(optimizer: .nesterov, learningRate: $0, decay: 0, isProjected: true)
    }
    let rows = RecipeMap.nesterov.rows + [projected]
    let first = try laboratory.errors(of: rows.flatMap { $0 }, in: setting)
    let best = rows.compactMap { row in row.min { mean(first[$0] ?? []) < mean(first[$1] ?? []) } }
    let seeds = setting.seeds(atLeast: Margins.Outcome.seeds)
    let further = setting.isReduced ? setting.seeds : Margins.Outcome.confirmingSeeds
    let errors = try laboratory.errors(of: best, in: setting, seeds: seeds + 1...seeds + further)
    guard let reference = best.last else { return [] }
    let rates = Margins.Outcome.projectedRates
    let isInside = reference.learningRate != rates.first && reference.learningRate != rates.last
    let inside = Finding(
      "best η of projected weights", expected: "inside of the grid", value: reference.learningRate,
      measured: text(reference.learningRate), tolerance: "\(text(rates.first ?? 0)) < η < \(text(rates.last ?? 0))",
      holds: isInside)
    return [inside]
      + best.dropLast().map { recipe in
        Finding(
          equal: "\(recipe), against \(reference): difference of test errors", errors[recipe] ?? [],
          errors[reference] ?? [], within: Margins.Outcome.best)
      }
  }
}
