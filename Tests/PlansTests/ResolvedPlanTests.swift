import Plans
import Specification
import Testing

@Suite("Resolved plans")
struct ResolvedPlanTests {
  private static func layers(
    plan: String = "", environment: [String: String] = [:], settings: [String] = []
  ) throws -> [PlanLayer] {
    [
      PlanLayer(.plan, try PlanFile.assignments(yaml: plan, named: "p.yaml")),
      PlanLayer(.environment, try EnvironmentFields(environment).assignments),
      PlanLayer(.flag, try Assignment.settings(settings)) { _ in "--set" },
    ]
  }

  @Test("each value says where it comes from, the strongest source wins")
  func sources() throws {
    let plan = try ResolvedPlan(
      Self.layers(
        plan: "l2: 1\nseed: 2\nbatch: 64\n", environment: ["TARE_L2": "0.5", "TARE_SEED": "3"], settings: ["l2=0.25"]))
    func field(_ path: String) throws -> ResolvedPlan.Field { try #require(plan.fields.first { $0.field == path }) }
    #expect(try field("l2").value.text == "0.25" && field("l2").place == "--set")
    #expect(try field("seed").value.text == "3" && field("seed").place == "TARE_SEED")
    #expect(try field("batch").value.text == "64" && field("batch").place == "p.yaml line 3")
    #expect(try field("microbatch").source == .default && field("microbatch").place == nil)
    #expect(try field("groups.weights.l2").source == .derived)
    #expect(plan.changed.fields.map(\.field) == ["l2", "batch", "seed"])
  }

  @Test("a value that a later source takes back, or says in another way, is shown no more")
  func replaced() throws {
    let plan = try ResolvedPlan(Self.layers(plan: "epochs: 3\n", environment: ["TARE_STEPS": "9"]))
    #expect(plan.changed.fields.map(\.field) == ["steps"])
    let automatic = try ResolvedPlan(Self.layers(plan: "l2: 3\n", settings: ["l2=null"]))
    #expect(automatic.changed.fields.isEmpty)
  }

  @Test(
    "the printed plan gives the same spec",
    arguments: [
      [], ["optimizer=adam", "optimizer.learningRate=1e-3"], ["network=mlp", "dataset=mnist", "dataset.path=/a b/# c"],
      ["schedule=step", "schedule.every=10"], ["weightDecay=0.1", "optimizer=adamw"], ["projection=filter"],
      ["execution.name=it's: \"x\"", "execution.tags=[a, b c]", "steps=10"], ["staleness=unbounded"],
      ["network.layers=[conv 8 kernel=3, norm, relu, flatten, dense classes]"],
      ["normalization=group", "normalizationGroups=4"], ["precision=double"], ["execution.launcher=threads"],
    ])
  func loadsBack(settings: [String]) throws {
    let layers = try Self.layers(settings: settings)
    let spec = try RunSpec(layers: layers.map(\.assignments)).resolved
    let plan = try ResolvedPlan(layers)
    let again = try RunSpec(layers: [PlanFile.assignments(yaml: plan.yaml, named: "again.yaml")])
    #expect(again.resolved == spec, "\(plan.yaml)")
    let changed = try RunSpec(layers: [PlanFile.assignments(yaml: plan.changed.yaml, named: "changed.yaml")])
    #expect(changed.resolved == spec, "\(plan.changed.yaml)")
  }
}
