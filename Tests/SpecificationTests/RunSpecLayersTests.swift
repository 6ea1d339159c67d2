import Optimization
import Specification
import Testing

@Suite("Layers of a run spec")
struct RunSpecLayersTests {
  private func layer(_ settings: String...) throws -> [Assignment] { try settings.map { try Assignment(setting: $0) } }

  @Test("later layers win, and order within a layer counts")
  func precedence() throws {
    let plan = try layer("l2=1", "seed=1", "batch=64")
    let flags = try layer("l2=2", "seed=2")
    let sets = try layer("l2=3", "l2=4")
    let spec = try RunSpec(layers: [plan, flags, sets])
    #expect(spec.l2 == 4)
    #expect(spec.seed == 2)
    #expect(spec.batch == 64)
    #expect(spec.microbatch == RunSpec().microbatch)
  }

  @Test("a later steps replaces an earlier epochs and the other way round")
  func lengthIsReplaced() throws {
    let short = try RunSpec(layers: [layer("epochs=10"), layer("steps=5")])
    #expect(short.steps == 5 && short.epochs == nil)
    let long = try RunSpec(layers: [layer("steps=5"), layer("epochs=10")])
    #expect(long.steps == nil && long.epochs == 10)
  }

  @Test("a list of layers makes the network custom, and a later name replaces the list and the other way round")
  func networkIsReplaced() throws {
    let list = [Assignment(path: "network", value: .list(["flatten", "dense classes"]))]
    let listed = try RunSpec(layers: [layer("network=mlp"), list])
    #expect(listed.network.preset == .custom && listed.network.layers == ["flatten", "dense classes"])
    #expect(listed.specHash != RunSpec().specHash)
    let named = try RunSpec(layers: [list, layer("network=mlp")])
    #expect(named.network.preset == .mlp && named.network.layers == nil)
    #expect(try named.specHash == RunSpec(layers: [layer("network=mlp")]).specHash)
    let recorded = try RunSpec(layers: [layer("network=custom", "network.layers=[flatten, dense classes]")])
    #expect(recorded == listed)
  }

  @Test(
    "a name beside a list, a custom network without one, and an empty one are refused",
    arguments: [["network=mlp", "network.layers=[flatten]"], ["network=custom"], ["network.layers=[]"]])
  func networkIsAmbiguous(settings: [String]) {
    let error = #expect(throws: SpecError.self) { try RunSpec(layers: [Assignment.settings(settings)]) }
    #expect(error?.field == "network.layers")
  }

  @Test("null puts the automatic default back")
  func null() throws {
    let spec = try RunSpec(layers: [
      layer("optimizer.momentum=0.9"), layer("optimizer=adam", "optimizer.momentum=null"),
    ])
    #expect(spec.optimizer[.momentum] == nil)
    #expect(throws: SpecError.self) { try RunSpec(layers: [layer("batch=null")]) }
  }

  @Test("a list is words between commas, in brackets or not", arguments: ["[a.bin, b.bin]", "a.bin,b.bin"])
  func lists(text: String) throws {
    #expect(
      try RunSpec(layers: [layer("dataset.test=\(text)", "dataset=mnist", "dataset.path=x")]).dataset.test == [
        "a.bin", "b.bin",
      ])
  }

  @Test("an error tells where the value was written")
  func origin() {
    let wrong = Assignment(path: "optimizer.name", value: .text("adma"), origin: "plan.yaml line 3")
    let error = #expect(throws: SpecError.self) { try RunSpec(layers: [[wrong]]) }
    #expect(error?.description.hasPrefix("plan.yaml line 3: optimizer.name \"adma\" is unknown") == true)
  }

  @Test("what is no path=value is refused", arguments: ["l2", "=3", ""])
  func malformed(text: String) {
    #expect(throws: SpecError.self) { try Assignment(setting: text) }
  }
}
