import Parameters
package import Records
import Specification

/// Claim 23, the control: the same network without normalization has none of the invariances, so the other claims are
/// not trivially true of any network.
///
/// cos(w, g) of every filter is computed from the weights before and after one step of plain SGD, which is −η g. And
/// only with a normalization does training from 4 w₀, with η and λ scaled to match, equal that from w₀ (except for its
/// ε).
package struct ControlIsNotInvariant: Claim {
  package let number = 23
  package let group = ClaimGroup.outcome
  package let statement =
    "Without normalization gradients are not orthogonal to w, and a rescaled start trains otherwise."
  package let source = "van Laarhoven 2017, arXiv:1706.05350, section 2"

  package init() {}

  package func examine(in laboratory: any Laboratory, _ setting: Setting) throws -> [Finding] {
    let kinds: [Normalization] = [.batch, .none]
    let runs = try laboratory.train(
      kinds.flatMap { kind in
        [step(setting, kind), short(setting, kind, 1), short(setting, kind, Margins.Outcome.equivalentScale)]
      })
    return try kinds.indices.flatMap { index in
      let isInvariant = kinds[index] == .batch
      let cosines = try Self.cosines(runs[3 * index], rate: Margins.Outcome.cosineRate).map(abs).sorted()
      let loss = Self.distance(runs[3 * index + 1], runs[3 * index + 2])
      return [
        isInvariant
          ? Self.finding("batch norm: largest |cos(w, g)|", cosines.last, atMost: Margins.Outcome.invariantCosine)
          : Self.finding(
            "no normalization: median |cos(w, g)|", cosines.isEmpty ? nil : cosines[cosines.count / 2],
            atLeast: Margins.Outcome.otherCosine),
        isInvariant
          ? Self.finding("batch norm: loss of 4 w₀ against w₀", loss, atMost: Margins.Outcome.equivalentLoss)
          : Self.finding("no normalization: loss of 4 w₀ against w₀", loss, atLeast: Margins.Outcome.otherLoss),
      ]
    }
  }

  /// One step.
  private func step(_ setting: Setting, _ normalization: Normalization) -> RunSpec {
    setting.spec { spec in
      spec.normalization = normalization
      spec.optimize(.sgd, learningRate: Margins.Outcome.cosineRate, decay: 0)
      (spec.batch, spec.microbatch, spec.steps) = (Margins.Outcome.batch, Margins.Outcome.batch, 1)
      (spec.execution.metricsEvery, spec.execution.evaluateEvery) = (1, 1)
    }
  }

  /// A few steps from α w₀, with α² η and λ_d/α².
  private func short(_ setting: Setting, _ normalization: Normalization, _ scale: Double) -> RunSpec {
    setting.spec { spec in
      let square = scale * scale
      spec.normalization = normalization
      spec.optimize(.sgd, learningRate: square * Margins.Outcome.equivalentRate, decay: 0.01 / square)
      spec.initScale = scale
      (spec.batch, spec.microbatch) = (Margins.Outcome.batch, Margins.Outcome.batch)
      spec.steps = Margins.Outcome.equivalentSteps
      (spec.execution.metricsEvery, spec.execution.evaluateEvery) = (1, Margins.Outcome.equivalentSteps)
    }
  }

  /// cos(w, g) of the filters of the hidden weights, from w₀ and w₁ = w₀ − η g; filters without gradient are left out.
  private static func cosines(_ run: Observation, rate: Double) throws -> [Double] {
    let folder = run.folder + "/weights/"
    let (before, after) = try (
      SafeTensorsFile(folder + "initial.safetensors"), SafeTensorsFile(folder + "final.safetensors")
    )
    return before.entries.flatMap { entry -> [Double] in
      guard entry.name.hasSuffix(".weight"), !entry.name.hasPrefix("head"), entry.extents.count > 1,
        let later = after.entry(named: entry.name)
      else { return [] }
      let (w, v) = (before.elements(of: entry, as: Double.self), after.elements(of: later, as: Double.self))
      let length = w.count / max(1, entry.extents[0])
      return (0..<entry.extents[0]).compactMap { filter in
        let range = filter * length..<(filter + 1) * length
        let (w2, g2, wg) = range.reduce((0.0, 0.0, 0.0)) { sums, i in
          let g = (w[i] - v[i]) / rate
          return (sums.0 + w[i] * w[i], sums.1 + g * g, sums.2 + w[i] * g)
        }
        return g2 > 0 ? wg / (w2 * g2).squareRoot() : nil
      }
    }
  }

  /// The largest relative difference of any step's loss; infinite if a run diverged.
  private static func distance(_ a: Observation, _ b: Observation) -> Double? {
    guard a.result != nil, b.result != nil, !a.losses.isEmpty else { return .infinity }
    return zip(a.losses, b.losses).map { abs($0 - $1) / abs($0) }.max()
  }

  private static func finding(_ subject: String, _ value: Double?, atMost limit: Double) -> Finding {
    Finding(
      subject, expected: "0", value: value, measured: value.map(text) ?? "nothing", tolerance: "at most \(limit)",
      holds: value.map { $0 <= limit } ?? false, marks: Finding.distance(value, atMost: limit))
  }

  private static func finding(_ subject: String, _ value: Double?, atLeast limit: Double) -> Finding {
    Finding(
      subject, expected: "not 0", value: value.flatMap { $0.isFinite ? $0 : nil },
      measured: value.map(text) ?? "nothing", tolerance: "at least \(limit)", holds: value.map { $0 >= limit } ?? false,
      marks: Finding.distance(value, atLeast: limit))
  }
}
