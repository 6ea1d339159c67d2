import Claims
import Foundation
import Records
import Specification
import Testing

/// What claims' pictures are drawn from, and what the list says of their work.
@Suite("Pictures and lists of claims")
struct PictureTests {
  private static func claim(_ number: Int) throws -> any Claim {
    try #require(Claims.all.first { $0.number == number })
  }

  @Test(
    "in theory's world each comparison has marks at numbers, within what is accepted", arguments: JudgmentTests.numbers)
  func marks(number: Int) throws {
    let claim = try Self.claim(number)
    let findings = try claim.examine(in: World(), JudgmentTests.setting)
    let marks = findings.flatMap { $0.marks ?? [] }
    #expect(!marks.isEmpty)
    for mark in marks {
      #expect(mark.x.isFinite && mark.measured.isFinite, "\(mark)")
      #expect(mark.measured >= mark.leastAccepted ?? -.infinity && mark.measured <= mark.greatestAccepted ?? .infinity)
      // A picture of its own gives every mark a place.
      if claim.picture != nil { #expect(mark.series != "measured" && mark.x > 0, "\(mark)") }
    }
    // They can be stored.
    let verdict = try #require(try Claims.judge([claim], in: World(), { _ in JudgmentTests.setting }).first)
    let stored = try JSONDecoder().decode(Verdict.self, from: JSONEncoder().encode(verdict))
    #expect(stored.picture == claim.picture && stored.findings == verdict.findings)
  }

  @Test("claim 11 draws the measured angle over the predicted one")
  func angles() throws {
    let findings = try Self.claim(11).examine(in: World { reading, _ in reading.angle *= 1.5 }, JudgmentTests.setting)
    for mark in findings.flatMap({ $0.marks ?? [] }) {
      #expect(mark.expected == mark.x && abs(mark.measured / mark.x - 1.5) < 0.01)
    }
    #expect(Set(findings.flatMap { $0.marks ?? [] }.map(\.series)).isSuperset(of: ["SGD", "Nesterov", "AdamW"]))
  }

  @Test("claim 13 draws the norm over λ beside a line of the claimed slope")
  func norms() throws {
    for finding in try Self.claim(13).examine(in: World(), JudgmentTests.setting) {
      let marks = (finding.marks ?? []).sorted { $0.x < $1.x }
      #expect(marks.count == 4)
      let slope =
        try log((#require(marks.last?.expected)) / (#require(marks.first?.expected))) / log(marks[3].x / marks[0].x)
      #expect(abs(slope - (try #require(Double(finding.expected)))) < 1e-3)
    }
  }

  @Test("every claim's work is known before it is done", arguments: Claims.all.map(\.number))
  func work(number: Int) throws {
    let claim = try Self.claim(number)
    let work = ExpectedWork(of: claim, in: JudgmentTests.setting)
    #expect(work.runs > 0 && work.steps >= work.runs && work.seconds > 0)
    var short = JudgmentTests.setting
    short.isReduced = true
    #expect(ExpectedWork(of: claim, in: short).seconds <= work.seconds)
  }
}
