import Foundation
import Records
import Specification
import Sweeps
import Testing

@Suite("Results of a sweep")
struct SweepResultsTests {
  private func outcome(_ run: SweepRun, _ completion: SweepOutcome.Completion) -> SweepOutcome {
    SweepOutcome(run: run, folder: "s/\(run.number)", completion: completion, isKept: false)
  }

  @Test("one line a run in the order of the plan: done, diverged and failed, with quotes where RFC 4180 wants them")
  func csv() throws {
    let runs = try samplePlan()
    var best = sampleResult(testError: 0.25)
    best.bestTestError = 0.125
    let outcomes = [
      outcome(runs[0], .done(best)),
      outcome(runs[1], .diverged("the loss of step 3 is not finite")),
      outcome(runs[2], .failed("no file \"a,b\"")), outcome(runs[3], .done(sampleResult(testError: nil))),
    ]
    #expect(
      SweepResults.csv(of: outcomes) == """
        run,part,optimizer.learningRate,condition,status,testError,bestTestError,testLoss,trainLoss,steps,seconds,\
        weightsSHA256,folder,cause
        1,,0.01,free,done,0.25,0.125,,1.25,4,2.0,ab,s/1,
        2,,0.01,projected,diverged,,,,,,,,s/2,the loss of step 3 is not finite
        3,,0.1,free,failed,,,,,,,,s/3,"no file ""a,b""\"
        4,,0.1,projected,done,,,,1.25,4,2.0,ab,s/4,

        """)
    #expect(outcomes.map(\.status) == [.done, .diverged, .failed, .done])
    #expect(outcomes.map(\.hasFailed) == [false, false, true, false])
    #expect(outcomes.map { $0.result != nil } == [true, false, false, true])
  }

  @Test("runs of parts with different axes leave the other parts' columns empty")
  func parts() throws {
    let first = try samplePlan(part: "one")
    let axis = try SweepAxis(field: "l2", values: ["0.5"])
    let second = try SweepPlan(name: "p", parts: [.init(name: "two", axes: [axis])]).runs()
    let csv = SweepResults.csv(of: [outcome(first[0], .failed("x")), outcome(second[0], .failed("y"))])
    let lines = csv.split(separator: "\n")
    #expect(lines[0].hasPrefix("run,part,optimizer.learningRate,condition,l2,status,"))
    #expect(lines[1].hasPrefix("1,one,0.01,free,,failed,") && lines[2].hasPrefix("1,two,,,0.5,failed,"))
  }

  @Test("a sweep over one group's rate has a column for it")
  func groups() throws {
    let axis = try SweepAxis(field: "groups.head.learningRate", values: ["0.1", "0.2"])
    let runs = try SweepPlan(name: "p", parts: [.init(axes: [axis])]).runs()
    let lines = SweepResults.csv(of: runs.map { outcome($0, .diverged("")) }).split(separator: "\n")
    #expect(
      lines.map { $0.split(separator: ",", omittingEmptySubsequences: false)[2] } == [
        "groups.head.learningRate", "0.1", "0.2",
      ])
  }
}
