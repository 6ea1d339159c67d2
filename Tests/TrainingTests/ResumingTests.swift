import Foundation
import Records
import Specification
import TestSupport
import Testing
import Training

@Suite("Spec of a resumed run")
struct ResumingTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    var spec = RunSpec()
    try spec.apply(Assignment.settings(["optimizer.learningRate=0.02", "l2=1e-3", "steps=10"]))
    try write(spec)
  }

  private func write(_ spec: RunSpec) throws {
    let record = RunRecord(
      spec: try JSONValue(encoding: spec.resolved), commandLine: [], versions: [:], host: HostFacts(isa: "v3"))
    try folder.write(record.encoded(), to: "run.json")
  }

  private func resumed(_ settings: String...) throws -> RunSpec {
    try RunSpec(resuming: folder.path, layers: [Assignment.settings(settings)])
  }

  @Test("length and execution may change, and values that the run has already may be given again")
  func accepted() throws {
    #expect(try resumed().resolved.steps == 10)
    #expect(try resumed("steps=20", "execution.workers=3").execution.workers == 3)
    #expect(try resumed("optimizer.learningRate=0.02", "l2=1e-3").learningRate == 0.02)
  }

  @Test("a cosine schedule depends on the length, which may not change then")
  func cosine() throws {
    var spec = RunSpec()
    try spec.apply(Assignment.settings(["schedule=cosine", "steps=10"]))
    try write(spec)
    #expect(try resumed("steps=10", "execution.workers=3").resolved.steps == 10)
    for setting in ["steps=20", "epochs=3"] {
      let error = #expect(throws: SpecError.self) { try resumed(setting) }
      #expect(error?.sentence.contains("schedule cosine depends on the run's length") == true, "\(setting)")
    }
  }

  @Test(
    "a field that changes the weights is refused, though the recorded groups override it",
    arguments: [
      ("optimizer.learningRate=0.5", "optimizer.learningRate is 0.5, but the run to resume has 0.02"),
      ("l2=0.1", "l2 is 0.1, but the run to resume has 0.001"), ("seed=9", "seed is 9"),
      ("groups.head.learningRate=0.3", "groups.head.learningRate is 0.3, but the run to resume has 0.02"),
    ])
  func refused(setting: String, words: String) throws {
    let error = #expect(throws: SpecError.self) { try resumed(setting) }
    #expect(error?.sentence.hasPrefix(words) == true, "\(error?.sentence ?? "")")
  }
}
