import ArgumentParser
import Plans
import Specification

struct PlanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "Show what a plan, the environment and flags amount to.",
    discussion: """
      Fields come from, lowest first: defaults, the plan, environment variables, flags, --set in the order given. A variable is \
      named after its field, in capitals with _ between words: TARE_OPTIMIZER_LEARNING_RATE is optimizer.learningRate; \
      "tare fields --json" lists them all. An empty variable gives nothing.

      EXAMPLES
        tare plan show plan.yaml
        TARE_L2=1e-3 tare plan show plan.yaml --lr 0.01 --changed
        tare plan show --like last > plan.yaml
      """, subcommands: [Show.self])

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "show",
      abstract: "Print the resolved plan, and where each value comes from.",
      discussion: """
        Prints a plan that gives the same run: each field that has a value, with the line of the plan, the variable or the flag \
        that gives it as a comment; "default" where nobody does, and "derived" where it follows from other fields. To change \
        those others in the plan, remove what is derived.

        EXAMPLES
          tare plan show plan.yaml --seed 2
          tare plan show plan.yaml --changed
              what differs from the defaults
          tare plan show plan.yaml --json
        """)

    @Flag(help: "Leave out what nobody gives.")
    var changed = false

    @OptionGroup var options: RunOptions

    func run() throws {
      let isJSON = options.records.json
      // How the plan is printed is no field of it.
      var layers = try options.layers(EnvironmentLayer.assignments()).map { layer in
        layer.source == .flag ? layer.without("execution.json") : layer
      }
      let named = try layers.map(\.assignments).namingDataset()
      if named.count > layers.count {
        layers.insert(PlanLayer(.derived, named[0]) { _ in "the files in dataset.path" }, at: 0)
      }
      let whole = try ResolvedPlan(layers)
      let plan = changed ? whole.changed : whole
      try print(isJSON ? JSONOutput.text(of: Fields(fields: plan.fields)) : plan.yaml)
    }

    private struct Fields: Encodable { let fields: [ResolvedPlan.Field] }
  }
}
