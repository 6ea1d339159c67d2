import Foundation
import Records
import Specification
import Sweeps
import TestSupport
import Testing

@Suite("results.csv of a running sweep")
struct SweepResultsFileTests {
  private func outcome(_ run: SweepRun, isKept: Bool = false) -> SweepOutcome {
    SweepOutcome(
      run: run, folder: "s/\(run.number)", completion: .done(sampleResult(testError: 0.25)), isKept: isKept)
  }

  private func runs(_ folder: TemporaryFolder) throws -> [Substring] {
    let lines = String(decoding: try folder.read("results.csv"), as: UTF8.self).split(separator: "\n")
    return lines.dropFirst().map { $0.prefix { $0 != "," } }
  }

  @Test("it has a whole line for every run that has ended, in the order of the plan and with all of its axes")
  func grows() throws {
    let folder = try TemporaryFolder()
    let plan = try samplePlan()
    let file = SweepResultsFile(folder.file("results.csv"), of: plan)
    for (index, expected) in [(2, ["3"]), (0, ["1", "3"]), (3, ["1", "3", "4"])] {
      try file.add(outcome(plan[index]))
      #expect(try runs(folder).map(String.init) == expected)
    }
    #expect(try String(decoding: folder.read("results.csv"), as: UTF8.self).hasSuffix("\n"))
    #expect(try folder.names == ["results.csv"])
    // Partly run, it has the columns that it will have.
    let alone = SweepResultsFile(folder.file("results.csv"), of: try samplePlan(part: "p") + plan)
    try alone.add(outcome(plan[1]))
    #expect(
      try String(decoding: folder.read("results.csv"), as: UTF8.self).contains("optimizer.learningRate,condition"))
  }

  @Test("runs that a resume keeps are written once, with the first that it trains or at the end")
  func resumed() throws {
    let folder = try TemporaryFolder()
    let plan = try samplePlan()
    let file = SweepResultsFile(folder.file("results.csv"), of: plan)
    for run in plan.dropLast() { try file.add(outcome(run, isKept: true)) }
    #expect(try folder.names.isEmpty)
    try file.add(outcome(plan[3]))
    #expect(try runs(folder).map(String.init) == ["1", "2", "3", "4"])
    try file.write()
    #expect(try runs(folder).map(String.init) == ["1", "2", "3", "4"])
  }
}
