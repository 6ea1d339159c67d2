import Failures
import Foundation
import Records
import Specification
import Sweeps
import Synchronization
import TestSupport
import Testing

@Suite("Runner of a sweep")
struct SweepRunnerTests {
  /// Trains all runs in `folder`; the numbers of those that were told as kept come back, too.
  private func train(_ runs: [SweepRun], in folder: TemporaryFolder) throws -> (outcomes: [SweepOutcome], kept: [Int]) {
    let told = Mutex<[Int: Bool]>([:])
    let runner = SweepRunner(parallel: 2) { outcome in told.withLock { $0[outcome.run.number] = outcome.isKept } }
    let outcomes = try runner.train(
      runs, of: SweepExperiment("map", of: runs), in: runs.map { folder.file("\($0.number)") })
    #expect(told.withLock { Set($0.keys) } == Set(runs.map(\.number)), "every run is told once it ends")
    return (outcomes, told.withLock { told in told.filter(\.value).keys.sorted() })
  }

  @Test("outcomes come back in order; a second start keeps what is done and trains what is missing, to the same bits")
  func resumed() throws {
    let folder = try TemporaryFolder()
    let runs = try samplePlan()
    let first = try train(runs, in: folder)
    #expect(
      first.outcomes.map(\.run.number) == [1, 2, 3, 4]
        && first.outcomes.map(\.status) == Array(repeating: .done, count: 4))
    #expect(first.kept.isEmpty && first.outcomes.allSatisfy { !$0.isKept })
    // One run is gone, one was cut off, and one failed.
    try FileManager.default.removeItem(atPath: folder.file("2"))
    var record = try #require(RunRecord(inFolder: folder.file("3")))
    (record.status, record.result) = (.running, nil)
    try Data(record.encoded()).write(to: URL(fileURLWithPath: folder.file("3/run.json")))
    record = try #require(RunRecord(inFolder: folder.file("4")))
    (record.status, record.result, record.cause) = (.failed, nil, "the disk is full")
    try Data(record.encoded()).write(to: URL(fileURLWithPath: folder.file("4/run.json")))
    let second = try train(runs, in: folder)
    #expect(second.kept == [1])
    #expect(second.outcomes.map { $0.result?.weightsSHA256 } == first.outcomes.map { $0.result?.weightsSHA256 })
    #expect(Set(second.outcomes.compactMap { $0.result?.weightsSHA256 }).count == 4)
  }

  @Test("a run that fails is recorded with its cause, and the sweep continues")
  func failure() throws {
    let folder = try TemporaryFolder()
    let images = try SweepAxis(
      name: "images",
      points: [
        SweepPoint(label: "none", assignments: try Assignment.settings(["dataset=mnist", "dataset.path=/nowhere"])),
        SweepPoint(label: "glyphs", assignments: []),
      ])
    let base = try Assignment.settings(["network=mlp", "steps=4", "batch=4", "microbatch=2", "dataset.limit=8"])
    let runs = try SweepPlan(name: "map", base: base, parts: [.init(axes: [images])]).runs()
    let outcomes = try train(runs, in: folder).outcomes
    #expect(outcomes.map(\.status) == [.failed, .done])
    #expect(outcomes[0].cause.contains("/nowhere"), "\(outcomes[0].cause)")
  }

  @Test("after an interruption no run begins")
  func interrupted() throws {
    let folder = try TemporaryFolder()
    let runs = try samplePlan()
    let runner = SweepRunner(parallel: 2) { _ in }
    runner.interrupt(15)
    let error = #expect(throws: RunError.self) {
      try runner.train(runs, of: SweepExperiment("map", of: runs), in: runs.map { folder.file("\($0.number)") })
    }
    #expect(error?.exitCode == 143)
    #expect(try folder.names.isEmpty)
  }

  @Test("a run that another process is training is left alone")
  func occupied() throws {
    let folder = try TemporaryFolder()
    let runs = try samplePlan()
    try FileManager.default.createDirectory(atPath: folder.file("2"), withIntermediateDirectories: true)
    let lock = try RunLock(runFolder: folder.file("2"))
    let outcomes = try withExtendedLifetime(lock) { try train(runs, in: folder).outcomes }
    #expect(outcomes.map(\.status) == [.done, .failed, .done, .done])
    #expect(outcomes[1].cause == "another process is training it")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.file("2")) == ["lock"])
  }
}
