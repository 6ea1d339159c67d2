package import Records
import EffectiveLearningRate
import Specification

/// Claim 26: without decay a few large steps at the start lower the effective rate for good; with decay they are
/// forgotten, and with projection they never count.
///
/// η is `earlyFactor` times as large for the first 2 % of the run, by a schedule with one change, and constant after
/// it; the run without the large steps has the same schedule's rate from the start. γ, β and the head follow the same
/// schedule, at rates low enough to stay stable.
package struct FirstStepsCount: Claim {
  package let number = 26
  package let group = ClaimGroup.equilibrium
  package let statement = "Without decay the first steps decide the effective rate in the end; decay forgets them."
  package let source = "van Laarhoven 2017, arXiv:1706.05350, discussion"

  package init() {}

  package func examine(in laboratory: any Laboratory, _ setting: Setting) throws -> [Finding] {
    let seeds = setting.seeds(atLeast: Margins.Equilibrium.seeds)
    let rounding = Margins.Equilibrium.fixedRate
    let cases: [(words: String, decay: Double, isProjected: Bool, accepted: ClosedRange<Double>)] = [
      ("λ_d 0", 0, false, Margins.Equilibrium.rememberedRate ... .infinity),
      (
        "λ_d \(Margins.Equilibrium.earlyDecay)", Margins.Equilibrium.earlyDecay, false,
        1 / Margins.Equilibrium.forgottenRate...Margins.Equilibrium.forgottenRate
      ),
      ("λ_d 0, projected", 0, true, about(1, rounding)),
    ]
    let specs = cases.flatMap { item in
      [false, true].flatMap { isEarly in
        (1...seeds).map { spec(setting, item.decay, isProjected: item.isProjected, isEarly: isEarly, seed: $0) }
      }
    }
    let runs = try laboratory.train(specs)
    return cases.indices.flatMap { index in
      let (plain, early) = (
        runs[2 * index * seeds..<(2 * index + 1) * seeds], runs[(2 * index + 1) * seeds..<(2 * index + 2) * seeds]
      )
      let run = "Nesterov, η \(Margins.Equilibrium.earlyRate), \(cases[index].words)"
      let factor = Int(Margins.Equilibrium.earlyFactor)
      return (plain.first?.metrics.normalizedLayers ?? []).map { layer in
        Finding(
          "\(run), \(layer): last effective rate, plain / early ×\(factor)",
          expected: cases[index].decay == 0 && !cases[index].isProjected ? "large" : "1",
          meanOf: ratios(plain.map { Self.rate($0, layer) }, early.map { Self.rate($0, layer) }),
          in: cases[index].accepted)
      }
    }
  }

  private func spec(
    _ setting: Setting, _ decay: Double, isProjected: Bool, isEarly: Bool, seed: Int
  ) -> RunSpec {
    setting.spec { spec in
      let factor = isEarly ? Margins.Equilibrium.earlyFactor : 1
      spec.optimize(.nesterov, learningRate: factor * Margins.Equilibrium.earlyRate, decay: decay)
      spec.groups.gammaBeta.learningRate = factor * Margins.Equilibrium.earlyFixedRate
      spec.groups.head.learningRate = factor * Margins.Equilibrium.earlyFixedRate
      if isProjected { spec.projection = .filter }
      if isEarly {
        spec.schedule.name = .step
        spec.schedule.every = Margins.Equilibrium.earlySteps
        spec.schedule.factor = 1 / factor
        spec.schedule.changes = 1
      }
      (spec.batch, spec.microbatch) = (Margins.Equilibrium.batch, Margins.Equilibrium.batch)
      spec.steps = Margins.Equilibrium.earlyTotal
      spec.seed = seed
      spec.execution.metricsEvery = Margins.Equilibrium.window
      spec.execution.evaluateEvery = Margins.Equilibrium.earlyTotal
    }
  }

  private static func rate(_ run: Observation, _ layer: String) -> Double {
    guard run.result != nil else { return .nan }
    return run.metrics.values(of: EffectiveRate.name, statistic: .p50, layer: layer).last ?? .nan
  }
}
