import Specification

/// A complete training run, judged by its test error: cosine schedule to 0, the first images of MNIST (section 7).
struct Recipe: Hashable, Sendable {
  var optimizer: Optimizer
  var learningRate: Double
  /// λ_d
  var decay: Double
  /// On He normal.
  var scale = 1.0
  /// Each filter to norm 1, with λ kept in the step, as in the paper.
  var isProjected = false
  /// Whether γ and β decay like the weights.
  var decaysGammaBeta = false

  func spec(in setting: Setting, seed: Int) -> RunSpec {
    setting.spec { spec in
      spec.optimize(optimizer, learningRate: learningRate, decay: decay)
      spec.initScale = scale
      if isProjected {
        spec.projection = .filter
        spec.projectionKeepsL2 = true
      }
      spec.regularizeGammaBeta = decaysGammaBeta
      spec.schedule.name = .cosine
      spec.dataset.limit = Margins.Outcome.images
      spec.batch = Margins.Outcome.batch
      spec.microbatch = Margins.Outcome.batch
      let steps = Margins.Outcome.steps(isReduced: setting.isReduced)
      spec.steps = steps
      spec.seed = seed
      spec.execution.metricsEvery = steps / 15
      spec.execution.evaluateEvery = steps
    }
  }
}

extension Recipe: CustomStringConvertible {
  var description: String {
    "\(optimizer.rawValue), η \(text(learningRate)), λ_d \(text(decay))"
      + (scale == 1 ? "" : ", initial scale \(text(scale))") + (isProjected ? ", projected" : "")
      + (decaysGammaBeta ? ", γ and β decay" : "")
  }
}

extension Laboratory {
  /// The test errors, as fractions, of every recipe with every seed, all trained in one call.
  func errors(of recipes: [Recipe], in setting: Setting, seeds: ClosedRange<Int>? = nil) throws -> [Recipe: [Double]] {
    let seeds = seeds ?? 1...setting.seeds(atLeast: Margins.Outcome.seeds)
    let runs = try train(recipes.flatMap { recipe in seeds.map { recipe.spec(in: setting, seed: $0) } })
    let errors = recipes.indices.map { index in
      runs[index * seeds.count..<(index + 1) * seeds.count].map(\.testError)
    }
    return Dictionary(zip(recipes, errors)) { first, _ in first }
  }
}

/// The recipes of the (η, λ_d) map that claims 20, 21, 22 and 25 share, by η.
struct RecipeMap: Sendable {
  let optimizer: Optimizer
  let rows: [[Recipe]]

  /// Its first seed.
  let firstSeed: Int

  private init(_ optimizer: Optimizer, _ rates: [Double], _ decays: [Double], scale: Double = 1, firstSeed: Int = 1) {
    self.optimizer = optimizer
    self.firstSeed = firstSeed
    rows = rates.map { rate in
      decays.map { Recipe(optimizer: optimizer, learningRate: rate, decay: $0, scale: scale) }
    }
  }

  static let nesterov = RecipeMap(.nesterov, Margins.Outcome.rates, Margins.Outcome.decays)
  static let adam = RecipeMap(
    .adam, Margins.Outcome.adamRates, Margins.Outcome.adamDecays, scale: Margins.Outcome.adamScale,
    firstSeed: Margins.Outcome.adamSeeds)
}

/// Fractions of test images as percent.
func percent(_ errors: [Double]) -> String { "\(text(100 * mean(errors))) %" }
