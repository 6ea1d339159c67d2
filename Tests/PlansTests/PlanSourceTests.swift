import Foundation
import Plans
import Specification
import TestSupport
import Testing

@Suite("Where plans come from")
struct PlanSourceTests {
  private func path(in assignments: [Assignment]) -> String? {
    assignments.first { $0.path == "dataset.path" }?.value.text
  }

  @Test("a relative path in a plan starts at the plan's folder, also in every part of a sweep")
  func relative() throws {
    let folder = try TemporaryFolder()
    try folder.write(Array("dataset: {name: mnist, path: images, test: [a, b]}\nfollow: ../r\n".utf8), to: "plan.yaml")
    let plan = try PlanFile.assignments(at: folder.file("plan.yaml"))
    #expect(path(in: plan) == folder.file("images"))
    #expect(plan.first { $0.path == "follow" }?.value == .text(folder.file("../r")))
    #expect(plan.first { $0.path == "dataset.test" }?.value == .list(["a", "b"]))
    let sweep = """
      sweep: s
      base: {dataset: {name: mnist, path: a}}
      parts:
        - {name: one, base: {dataset.path: b}, axes: [dataset.path: [c, /d]]}
        - {name: two, axes: [where: {here: {dataset.path: e}}]}
      """
    try folder.write(Array(sweep.utf8), to: "sweep.yaml")
    let found = try SweepFile.plan(at: folder.file("sweep.yaml")).assignments.filter { $0.path == "dataset.path" }
    #expect(found.map(\.value.text) == [folder.file("a"), folder.file("b"), folder.file("c"), "/d", folder.file("e")])
    #expect(path(in: try PlanFile.assignments(yaml: "dataset.path: a", named: "plan.yaml")) == "a")
  }

  @Test("a pipe is read to its end, and its paths start at the working folder")
  func pipe() throws {
    let folder = try TemporaryFolder()
    let fifo = folder.file("fifo")
    try #require(unsafe mkfifo(fifo, 0o600) == 0)
    let text = String(repeating: "# a long plan\n", count: 4000) + "dataset.path: images\n"
    Thread.detachNewThread { try? Data(text.utf8).write(to: URL(fileURLWithPath: fifo), options: []) }
    #expect(path(in: try PlanFile.assignments(at: fifo)) == "images")
  }

  @Test("names with composed and decomposed characters are different files")
  func composition() throws {
    let folder = try TemporaryFolder()
    for (name, seed) in [("\u{E9}.yaml", 1), ("e\u{301}.yaml", 2)] {
      try folder.write(Array("seed: \(seed)\n".utf8), to: name)
    }
    for (name, seed) in [("\u{E9}.yaml", "1"), ("e\u{301}.yaml", "2")] {
      #expect(try PlanFile.assignments(at: folder.file(name)).map(\.value.text) == [seed])
    }
  }

  @Test("a folder is no plan, and that of a run is told apart")
  func folders() throws {
    let folder = try TemporaryFolder()
    #expect(message(folder.path).contains("is a folder; accepted: a YAML file."))
    try folder.write(Array("{}".utf8), to: "run.json")
    #expect(message(folder.path).contains("or \(folder.file("run.json")), to train the same spec again"))
  }

  private func message(_ path: String) -> String {
    do { _ = try PlanFile.assignments(at: path) } catch { return error.description }
    return ""
  }

  @Test("the record of a run is a plan of its spec, without its folder")
  func record() throws {
    let folder = try TemporaryFolder()
    let spec = try RunSpec(layers: [
      Assignment.settings(["l2=0.01", "groups.head.l2=0.5", "execution.output=x", "execution.json=true", "steps=7"])
    ]).resolved
    let text = #"{"formatVersion": 1, "commandLine": ["tare"], "spec": \#(spec.json)}"#
    try folder.write(Array(text.utf8), to: "run.json")
    let plan = try PlanFile.assignments(at: folder.file("run.json"))
    #expect(plan.map(\.path) == ["l2", "groups.head.l2", "steps"])
    #expect(try RunSpec(layers: [plan]).specHash == spec.specHash)
    try folder.write(Array(text.replacing("\"steps\":7", with: "\"steps\":\"many\"").utf8), to: "bad.json")
    #expect(message(folder.file("bad.json")).contains("holds no spec that this version"))
  }

  @Test("a plan of the other kind names the command that takes it")
  func otherKind() {
    let sweep = "sweep: s\nbase: {network: mlp}\naxes: [seed: [1]]\n"
    let run = #expect(throws: SpecError.self) { try PlanFile.assignments(yaml: sweep, named: "p.yaml") }
    #expect(run?.description.contains("tare sweep p.yaml") == true)
    let other = #expect(throws: SpecError.self) { try SweepFile.plan(yaml: "network: mlp\nl2: 1\n", named: "p.yaml") }
    #expect(other?.description.contains("tare train p.yaml") == true)
    let mistyped = #expect(throws: SpecError.self) {
      try SweepFile.plan(yaml: "sweep: s\nbas: {}\naxes: [seed: [1]]", named: "p")
    }
    #expect(mistyped?.description.contains("did you mean \"base\"?") == true)
  }

  @Test("axes may be a mapping, whose keys are the axes in order")
  func mapping() throws {
    let list = "sweep: s\naxes:\n  - l2: [0, 0.1]\n  - seed: {linear: [1, 2, 2]}\n"
    let mapping = "sweep: s\naxes:\n  l2: [0, 0.1]\n  seed: {linear: [1, 2, 2]}\n"
    let runs = try SweepFile.plan(yaml: mapping, named: "p").runs()
    #expect(runs.map(\.title) == ["l2 0, seed 1", "l2 0, seed 2", "l2 0.1, seed 1", "l2 0.1, seed 2"])
    #expect(try SweepFile.plan(yaml: list, named: "p").runs().map(\.spec) == runs.map(\.spec))
  }
}
