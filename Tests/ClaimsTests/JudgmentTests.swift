import Claims
import Records
import Foundation
import Specification
import Testing

/// Every claim's judgment is green in the world of theory and red in one where it is wrong.
@Suite struct JudgmentTests {
  static let setting: Setting = {
    var dataset = DatasetSpec()
    dataset.name = .mnist
    dataset.path = "nowhere"
    return Setting(dataset: dataset, network: .mlp, seeds: 3)
  }()

  /// A world that must cost `claim` its verdict.
  struct Wrong: Sendable, CustomTestStringConvertible {
    let claim: Int
    let words: String
    let distort: @Sendable (inout World.Reading, Facts) -> Void

    init(_ claim: Int, _ words: String, _ distort: @escaping @Sendable (inout World.Reading, Facts) -> Void) {
      (self.claim, self.words, self.distort) = (claim, words, distort)
    }

    var testDescription: String { "\(claim): \(words)" }
  }

  /// Claims that read metrics and errors only; the control reads weights and is tested by itself.
  static let numbers = [11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 25, 26, 27, 28, 30]

  static let wrongs: [Wrong] = [
    Wrong(11, "angles 6 % off") { reading, _ in reading.angle *= 1.06 },
    Wrong(11, "one layer's angle is off") { reading, facts in if facts.layer == 1 { reading.angle *= 0.89 } },
    Wrong(12, "norms of SGD 9 % off") { reading, facts in if !facts.isAdam && !facts.isAdamW { reading.norm *= 1.09 } },
    Wrong(12, "norms of Adam 26 % off") { reading, facts in if facts.isAdam { reading.norm *= 0.74 } },
    Wrong(13, "SGD's exponent is −1/2") { reading, facts in reading.norm *= pow(facts.decay, facts.isAdamW ? 0 : -0.25)
    },
    Wrong(13, "AdamW's exponent is −1/4") { reading, facts in
      if facts.isAdamW { reading.norm *= pow(facts.decay, 0.25) }
    },
    Wrong(13, "noise widens the interval") { reading, facts in reading.norm *= exp(facts.noise(0.3)) },
    Wrong(14, "the angle follows η") { reading, facts in reading.angle *= pow(facts.rate, 0.05) },
    Wrong(14, "the loss follows η") { reading, facts in reading.loss *= pow(facts.rate, 0.1) },
    Wrong(14, "the loss does not follow ηλ") { reading, facts in reading.loss = 0.1 * (1 + facts.noise(0.05)) },
    Wrong(15, "η stays in the rate") { reading, facts in if facts.decay == 0 { reading.norm = 1 } },
    Wrong(15, "the angle follows ηλ") { reading, facts in
      reading.angle = reading.predictedAngle * reading.predictedAngle
    },
    Wrong(16, "decay does not forget") { reading, facts in reading.norm *= pow(facts.spec.initScale, 0.05) },
    Wrong(16, "nothing remembers") { reading, facts in if facts.decay == 0 { reading.norm = 3 } },
    Wrong(17, "SGD is imbalanced") { reading, facts in if facts.layer == 0, !facts.isAdam { reading.angle *= 1.12 } },
    Wrong(17, "Adam is balanced") { reading, facts in if facts.isAdam { reading.angle = 0.01 } },
    Wrong(18, "the batch changes the angle") { reading, facts in if facts.spec.batch > 64 { reading.angle *= 1.07 } },
    Wrong(18, "the norm does not follow G²") { reading, facts in
      if facts.spec.batch > 64 { reading.norm *= 2.0.squareRoot() }
    },
    Wrong(19, "decay does more than its rates") { reading, facts in
      if facts.spec.follow != nil { reading.testError += 0.012 }
    },
    Wrong(20, "λ does not matter") { reading, facts in
      if !facts.isProjected { reading.testError = 0.05 + facts.noise(0.001) }
    },
    Wrong(20, "projection does not flatten") { reading, facts in
      if facts.isProjected, facts.decay > 0.01 { reading.testError += 0.01 }
    },
    Wrong(21, "no shift") { reading, facts in
      if facts.decay > 0 { reading.testError = 0.04 + 0.004 * pow(log10(facts.decay / 0.1), 2) + facts.noise(0.0005) }
    },
    Wrong(21, "Adam shifts like SGD") { reading, facts in
      guard facts.isAdam, facts.decay > 0 else { return }
      reading.testError = 0.04 + 0.004 * pow(log10(facts.decay * facts.rate / 1e-4), 2) + facts.noise(0.0005)
    },
    Wrong(22, "γ and β matter") { reading, facts in if facts.spec.regularizeGammaBeta { reading.testError += 0.006 } },
    Wrong(25, "projection is worse") { reading, facts in if facts.isProjected { reading.testError += 0.004 } },
    Wrong(26, "the start does not matter") { reading, facts in if facts.decay == 0 { reading.norm = 1 } },
    Wrong(26, "decay remembers") { reading, facts in if (facts.spec.schedule.factor ?? 1) < 1 { reading.norm *= 1.3 } },
    Wrong(27, "the norm stays") { reading, _ in reading.norm = reading.firstNorm },
    Wrong(28, "the scale does not matter") { reading, facts in
      if !facts.isProjected, !facts.isLARS { reading.testError = 0.05 + facts.noise(0.001) }
    },
    Wrong(28, "LARS follows α") { reading, facts in if facts.isLARS { reading.testError += 0.01 * facts.spec.initScale }
    },
    Wrong(28, "SGD follows α") { reading, facts in
      guard !facts.isAdam, !facts.isLARS, !facts.isProjected else { return }
      reading.testError = 0.042 + 0.004 * pow(log10(facts.rate / facts.spec.initScale / 3), 2) + facts.noise(0.0005)
    },
    Wrong(30, "radial gradients do not lengthen") { reading, _ in reading.norm = reading.predictedNorm },
    Wrong(30, "the angle stays") { reading, _ in reading.angle = reading.predictedAngle },
    Wrong(30, "stale gradients are orthogonal") { reading, _ in
      reading.norm /= pow(1 + reading.staleGrowth, 0.25)
      reading.staleGrowth = 0
    },
    Wrong(28, "projection remembers the start") { reading, facts in
      if facts.isProjected { reading.testError += 0.01 * facts.spec.initScale }
    },
  ]

  @Test(arguments: numbers) func holdsInTheory(number: Int) throws {
    let findings = try Self.findings(number, World())
    #expect(!findings.isEmpty)
    for finding in findings { #expect(finding.holds != false, "\(finding)") }
    #expect(findings.contains { $0.holds == true })
  }

  @Test(arguments: wrongs) func falls(wrong: Wrong) throws {
    let findings = try Self.findings(wrong.claim, World(distort: wrong.distort))
    #expect(findings.contains { $0.holds == false })
  }

  /// A run that diverged has no equilibrium: no evidence, and never a trap. (Its test error is 1.)
  @Test(arguments: Claims.equilibrium.map(\.number)) func fallsWhereRunsDiverge(number: Int) throws {
    let findings = try Self.findings(number, World { reading, facts in reading.diverged = facts.spec.seed == 2 })
    #expect(findings.contains { $0.holds == false })
  }

  /// Convolutions: only the angle, the norm and the balance, and four microbatches are not judged.
  @Test(arguments: [11, 12, 17]) func convolutions(number: Int) throws {
    var setting = Self.setting
    setting.network = .conv3
    let findings = try Self.claim(number).examine(in: World(), setting)
    #expect(findings.contains { $0.holds == true })
    #expect(findings.allSatisfy { $0.subject.contains("batch ×4") == ($0.holds == nil) })
    #expect(!findings.contains { $0.subject.contains("Adam+L2") })
  }

  /// Every spec that a claim asks for is one that Tare accepts.
  @Test(arguments: numbers) func specsAreValid(number: Int) throws {
    struct Checking: Laboratory {
      func train(_ specs: [RunSpec]) throws -> [Observation] {
        for spec in specs { try spec.validate() }
        return try World().train(specs)
      }
    }
    for reduced in [false, true] {
      var setting = Self.setting
      setting.isReduced = reduced
      _ = try Self.claim(number).examine(in: Checking(), setting)
    }
  }

  private static func findings(_ number: Int, _ world: World) throws -> [Finding] {
    try claim(number).examine(in: world, setting)
  }

  private static func claim(_ number: Int) throws -> any Claim {
    try #require((Claims.equilibrium + Claims.outcome).first { $0.number == number })
  }
}
