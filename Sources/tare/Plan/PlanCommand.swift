import ArgumentParser
import Plans
import Specification

struct PlanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "Show what a plan, the environment and flags amount to.",
    discussion: """
      Values come from defaults, the plan, environment variables, flags, and --set in the order given; later ones override \
      earlier ones. A variable is named after its field, in capitals with _ between words: TARE_OPTIMIZER_LEARNING_RATE is \
      optimizer.learningRate; "tare fields --json" lists them all. An empty variable has no effect.

      EXAMPLES
        tare plan show plan.yaml
        TARE_L2=1e-3 tare plan show plan.yaml --lr 0.01 --changed
        tare plan show --like last > plan.yaml

      EXIT CODES
        \(exitCodes)
      """, subcommands: [Show.self])

  private static let exitCodes =
    "0 done, 64 an invalid plan, variable or flag, 65 invalid data, 74 input or output failed"

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "show",
      abstract: "Print the resolved plan, and where each value comes from.",
      discussion: """
        Prints a plan that makes the same run: each field that has a value, with a comment that says where it is from: a line \
        of the plan, a variable, a flag, "default", or "derived" from other fields. To change those other fields in the plan, \
        remove what is derived from them.

        EXAMPLES
          tare plan show plan.yaml --seed 2
          tare plan show plan.yaml --changed
              what differs from the defaults
          tare plan show plan.yaml --json

        EXIT CODES
          \(PlanCommand.exitCodes)
        """)

    @Flag(help: "Leave out defaults and what is derived.")
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
