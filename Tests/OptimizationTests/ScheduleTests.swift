import Optimization
import Testing

@Suite struct ScheduleTests {
  @Test func constant() throws {
    let schedule = try Schedule()
    #expect([1, 50, 100].allSatisfy { schedule.factor(step: $0, of: 100) == 1 })
  }

  @Test func stepsCountFromTheStart() throws {
    let schedule = try Schedule(.step(every: 10, factor: 0.5))
    #expect([1, 10, 11, 20, 21, 31].map { schedule.factor(step: $0, of: 40) } == [1, 1, 0.5, 0.5, 0.25, 0.125])
    let once = try Schedule(.step(every: 10, factor: 0.5, drops: 1))
    #expect([10, 11, 20, 21, 40].map { once.factor(step: $0, of: 40) } == [1, 0.5, 0.5, 0.5, 0.5])
  }

  /// Half a cosine: 1 at the start, the middle value half-way, antisymmetric about it, and near its end at the last step.
  @Test(arguments: [0, 0.25]) func cosine(final: Double) throws {
    let schedule = try Schedule(.cosine(finalFactor: final))
    let factors = (1...101).map { schedule.factor(step: $0, of: 100) }
    #expect(factors[0] == 1)
    #expect(abs(factors[50] - (1 + final) / 2) < 1e-15)
    #expect(abs(factors[100] - final) < 1e-15)
    #expect(zip(factors, factors.dropFirst()).allSatisfy { $0 > $1 })
    for k in 0...50 { #expect(abs(factors[k] + factors[100 - k] - (1 + final)) < 1e-14) }
  }

  @Test func warmUpRisesLinearlyAndTheCosineFollows() throws {
    let schedule = try Schedule(.cosine(finalFactor: 0), warmup: 4)
    #expect((1...5).map { schedule.factor(step: $0, of: 104) } == [0.25, 0.5, 0.75, 1, 1])
    #expect(abs(schedule.factor(step: 55, of: 104) - 0.5) < 1e-15)
    #expect(try Schedule(.step(every: 2, factor: 0.5), warmup: 4).factor(step: 3, of: 9) == 0.375)
    #expect(try Schedule(.cosine(finalFactor: 0), warmup: 9).factor(step: 5, of: 5) == 5.0 / 9)
  }

  @Test func refusals() {
    #expect(throws: RuleError.self) { try Schedule(warmup: -1) }
    #expect(throws: RuleError.self) { try Schedule(.step(every: 0, factor: 0.5)) }
    #expect(throws: RuleError.self) { try Schedule(.step(every: 5, factor: 0)) }
    #expect(throws: RuleError.self) { try Schedule(.cosine(finalFactor: 1.5)) }
    #expect(throws: RuleError.self) { try Schedule(.cosine(finalFactor: .nan)) }
  }
}
