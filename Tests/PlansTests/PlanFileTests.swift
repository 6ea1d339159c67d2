import Foundation
import Optimization
import Plans
import Specification
import Testing

@Suite("Plan files")
struct PlanFileTests {
  private func spec(_ yaml: String) throws -> RunSpec {
    try RunSpec(layers: [PlanFile.assignments(yaml: yaml, named: "plan.yaml")])
  }

  @Test("nested, flow, dotted and listed fields are read")
  func forms() throws {
    let spec = try spec(
      """
      # a run of the README
      dataset: {name: cifar-10, path: /data/cifar-10}
      dataset.test: [data_batch_5.bin]
      dataset.train:
        - data_batch_1.bin
        - data_batch_2.bin
      optimizer:
        name: nesterov
        learningRate: 1e-2      # YAML 1.1 would call this text
      schedule: cosine
      l2: 2.5e-4
      dataset.shuffle: false
      groups: {head: {learningRate: 0.01}}
      execution: {workers: 4, name: "no", tags: a}
      """)
    #expect(spec.dataset.name == .cifar10)
    #expect(spec.dataset.test == ["data_batch_5.bin"])
    #expect(spec.dataset.train == ["data_batch_1.bin", "data_batch_2.bin"])
    #expect(spec.optimizer.learningRate == 0.01)
    #expect(spec.schedule.name == .cosine)
    #expect(spec.l2 == 2.5e-4)
    #expect(!spec.dataset.shuffle)
    #expect(spec.groups.head.learningRate == 0.01)
    #expect(spec.execution.workers == 4)
    #expect(spec.execution.name == "no")
    #expect(spec.execution.tags == ["a"])
  }

  @Test("an empty plan is the default run", arguments: ["", "# nothing\n", "---\n", "~"])
  func empty(yaml: String) throws {
    #expect(try spec(yaml) == RunSpec())
  }

  @Test("a JSON plan is a YAML plan, and a resolved spec is a plan of the same run")
  func json() throws {
    let original = RunSpec()
    #expect(try spec(original.json).specHash == original.specHash)
    #expect(try spec(original.json).resolved == original.resolved)
  }

  @Test("a star that is not an alias stays text")
  func stars() throws {
    #expect(try spec("# the *usual* values\nl2: 1 # 2 *times* 0.5\n").l2 == 1)
    #expect(try spec("execution: {name: a*b, tags: [\"* c\"]}").execution.name == "a*b")
  }

  @Test("a plan that is too long is refused before parsing")
  func tooLong() throws {
    _ = try spec(String(repeating: "#\n", count: 1 << 15))
    let error = try #require(throws: SpecError.self) { try spec(String(repeating: "#\n", count: (1 << 15) + 1)) }
    #expect(error.description.contains("65538 bytes"))
  }

  @Test("nested keys, whose hashing takes depth times size, are refused before parsing", arguments: ["? ", "{"])
  func openings(opening: String) throws {
    let error = try #require(throws: SpecError.self) {
      try spec("l2: 1\n" + String(repeating: opening, count: 33))
    }
    #expect(error.description.hasPrefix("plan.yaml line 2: the plan's lists and mappings are nested more than 32 deep"))
    _ = try spec("l2: 1 # " + String(repeating: opening, count: 1000))
  }

  @Test("null is the automatic default")
  func null() throws {
    #expect(try spec("optimizer: {name: adam, momentum: null}\nsteps: ~\n").optimizer[.momentum] == nil)
    #expect(try spec("execution.name: \"null\"").execution.name == "null")
  }

  @Test(
    "errors name the line",
    arguments: [
      ("l2: 1\nbatch: 128\nrule: {nmae: adam}", 3, "did you mean \"optimizer.name\"?"),
      ("l2: 1\nrule:\n  name: nestrov\n", 3, "did you mean \"nesterov\"?"),
      ("l2: -1", 1, "0 or more"),
      ("seed: 1\n\nbatch: [1, 2]", 3, "is the list \"1,2\"; accepted: a whole number"),
      ("seed: 1\n\nrule: [adam]\nl2: 1", 3, "nesterov"),
      ("l2: 1\nseed: 2\nl2: 3", 1, "l2 is given twice"),
      ("optimizer: {learningRate: 1}\nseed: 3\noptimizer.learningRate: 2", 3, "on line 1"),
      ("network: mlp\nnetwork.preset: conv3", 2, "network.preset is given here and on line 1"),
      ("network: [flatten]\nnetwork:\n  layers: [flatten]", 1, "network is given twice"),
      ("network: [flatten]\nnetwork.layers: [flatten]", 2, "network.layers is given here and on line 1"),
      ("l2: 1\nrule: {name: adam", 3, "not YAML"),
      ("l2: 1\n\tseed: 3", 2, "not YAML"),
      ("- l2\n- seed", 1, "fields and their values"),
      ("glyphs", 1, "fields and their values"),
      ("l2: 1\ndataset.train: [{a: b}]", 2, "a list of words"),
      ("l2: &x 1\r\nweightDecay: *x", 2, "written out"),
      ("optimizer: {name: \"\n # \", l2:\u{85}*x}", 3, "written out"),
      ("l2: 1\n\(String(repeating: "a", count: 300)): 2", 2, "at most 256 bytes"),
    ])
  func line(yaml: String, line: Int, words: String) throws {
    let error = try #require(throws: SpecError.self) { try spec(yaml) }
    #expect(error.exitCode == 64)
    #expect(error.description.hasPrefix("plan.yaml line \(line): "), "\(error)")
    #expect(error.description.contains(words), "\(error)")
    #expect(!error.description.contains("\n"))
  }

  @Test("a missing file and a file that is not text are named")
  func unreadable() throws {
    let missing = try #require(throws: SpecError.self) { try PlanFile.assignments(at: "/nowhere/plan.yaml") }
    #expect(missing.exitCode == 64 && missing.sentence.contains("\"/nowhere/plan.yaml\""))
    let file = FileManager.default.temporaryDirectory.appending(path: "tare-\(UUID().uuidString).yaml")
    defer { try? FileManager.default.removeItem(at: file) }
    try Data([0xFF, 0xFE, 0x00, 0x80]).write(to: file)
    let binary = try #require(throws: SpecError.self) { try PlanFile.assignments(at: file.path) }
    #expect(binary.sentence.contains("not text"))
    try Data("seed: 5\n".utf8).write(to: file)
    #expect(try PlanFile.assignments(at: file.path).map(\.path) == ["seed"])
  }
}
