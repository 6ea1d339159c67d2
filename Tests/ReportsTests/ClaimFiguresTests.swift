import Foundation
import Records
import Reports
import TestSupport
import Testing

@Suite("Figures of claims")
struct ClaimFiguresTests {
  private func verdict(_ findings: [Finding], _ picture: ClaimPicture? = nil) -> Verdict {
    Verdict(
      claim: 11, group: .equilibrium, statement: "Angles are as predicted.", source: "", findings: findings,
      picture: picture, seconds: 1)
  }

  private func finding(_ mark: ClaimPicture.Mark) -> Finding {
    Finding("a", expected: "1", measured: "1", tolerance: "0.1", holds: true, marks: [mark])
  }

  @Test("without a picture of its own, comparisons stand side by side by number, each beside what is accepted")
  func sideBySide() throws {
    let figure = try #require(
      ClaimFigures.figure(
        of: verdict([
          finding(
            .init(
              "measured", x: 0, measured: 1.02, interval: 1.01...1.03, expected: 1, leastAccepted: 0.95,
              greatestAccepted: 1.05)),
          Finding("no number", expected: "", measured: "", tolerance: "", holds: true),
          finding(.init("measured", x: 0, measured: 0.9, expected: 1, leastAccepted: 0.95, greatestAccepted: 1.05)),
        ])))
    #expect(figure.id == "claim-11" && figure.title == "Claim 11 holds")
    #expect(figure.panels[0].title == "Angles are as predicted.")
    let series = figure.panels[0].series
    let measured = series.filter { $0.name == "measured" }.flatMap(\.points)
    #expect(measured.map(\.x) == [1, 3] && measured.map(\.y) == [1.02, 0.9])
    #expect(measured[0].low == 1.01 && measured[0].high == 1.03)
    let expected = series.filter { $0.name == "expected" }.flatMap(\.points)
    #expect(expected.map(\.x) == [1, 3] && expected.allSatisfy { ($0.y, $0.low, $0.high) == (1, 0.95, 1.05) })
    // Nothing lies between two comparisons.
    #expect(series.allSatisfy { $0.points.count == 1 })
    #expect(figure.legend.map(\.name) == ["expected", "measured"])
    #expect(figure.caption.contains("95 % intervals") && figure.caption.contains("span what is accepted"))
  }

  @Test("differences from nothing get a logarithmic axis, and a bound on one side a mark of its own")
  func bounds() throws {
    let figure = try #require(
      ClaimFigures.figure(
        of: verdict([
          finding(.init("measured", x: 0, measured: 0, greatestAccepted: 0)),
          finding(.init("measured", x: 0, measured: 0.3, leastAccepted: 1e-6)),
        ])))
    #expect(figure.y.isLogarithmic)
    #expect(figure.legend.map(\.name) == ["accepted: at most", "accepted: at least", "measured"])
    #expect(figure.panels[0].series.first { $0.name == "accepted: at least" }?.points == [.init(x: 2, y: 1e-6)])
  }

  @Test("a claim's own picture has its axes, and a line where a slope is expected")
  func ownPicture() throws {
    let picture = ClaimPicture(
      x: .init("λ_d", logarithmic: true), y: .init("‖w‖", logarithmic: true), caption: "It falls.")
    let marks = [0.1, 0.01].map { ClaimPicture.Mark("SGD", x: $0, measured: 1 / $0, expected: 1.1 / $0) }
    let finding = Finding("slope", expected: "-1", measured: "-1", tolerance: "", holds: true, marks: marks)
    let figure = try #require(ClaimFigures.figure(of: verdict([finding], picture)))
    #expect(figure.x.label == "λ_d" && figure.x.isLogarithmic && figure.caption == "It falls.")
    let line = try #require(figure.panels[0].series.first { $0.name == "expected" })
    #expect(line.points.map(\.x) == [0.01, 0.1])
    #expect(figure.legend.map(\.name) == ["expected", "SGD"])
  }

  @Test("a picture may have a line of what is only reported, and bands of what is judged")
  func mixed() throws {
    let picture = ClaimPicture(x: .init("predicted"), y: .init("measured"), caption: "")
    let findings =
      [0.1, 0.2].map {
        finding(.init("Adam", x: $0, measured: $0, expected: $0))
      } + [finding(.init("SGD", x: 0.3, measured: 0.3, expected: 0.3, leastAccepted: 0.2, greatestAccepted: 0.4))]
    let expected = try #require(ClaimFigures.figure(of: verdict(findings, picture))).panels[0].series.filter {
      $0.name == "expected"
    }
    #expect(expected.map { $0.points.map(\.x) } == [[0.1, 0.2], [0.3]] && expected[1].points[0].low == 0.2)
  }

  @Test("a verdict of an earlier version has no figure, and the runs of claims are not drawn as if they were a sweep")
  func others() throws {
    let old = verdict([Finding("a", expected: "1", measured: "1", tolerance: "", holds: true)])
    #expect(ClaimFigures.figures(of: [old]).isEmpty)
    let sample = try SampleSweep()
    let source = try ReportSource(folders: [sample.folder.path])
    let claim = verdict([finding(.init("measured", x: 0, measured: 1, expected: 1))])
    let both = ReportData(title: "t", runs: source.runs, claims: [claim]).figures.map(\.id)
    #expect(both.contains("error-nesterov") && both.last == "claim-11", "a sweep beside claims")
    try sample.folder.write(
      Array(JSONEncoder().encode(ClaimsRecord(verdicts: [claim], folder: "", setting: ""))), to: "claims.json")
    let claims = try ReportSource(folders: [sample.folder.path])
    #expect(
      ReportData(title: "t", runs: claims.runs, claims: claims.claims).figures.map(\.id) == ["claim-11"])
  }
}
