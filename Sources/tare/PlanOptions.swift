import ArgumentParser
import Failures
import Plans
import Specification

/// A run's fields from a plan, the environment and `--set`, over the command's own defaults.
struct PlanOptions: ParsableArguments {
  @Argument(
    help: ArgumentHelp(
      "A YAML file with the run's fields, or a run.json; - is standard input.", valueName: "plan.yaml"),
    completion: .file())
  var plan: UserPath?

  @Option(
    name: .customLong("set"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp("Set any field; may be repeated.", valueName: "path=value"))
  var settings: [String] = []

  /// The resulting spec, checked and resolved.
  ///
  /// - Parameter defaults: in the form of `--set`; everything else overrides them.
  func spec(over defaults: [String]) throws -> RunSpec {
    var layers = [try Assignment.settings(defaults)]
    if let plan { layers.append(try PlanFile.assignments(at: plan.text)) }
    layers.append(try EnvironmentLayer.assignments(without: "execution.output"))
    layers.append(try Assignment.settings(settings))
    StandardError.printNotes(on: layers.joined())
    try layers.joined().refuse(
      "execution.output", because: "this command chooses the folders of its runs; accepted: leave it out.")
    return try RunSpec(layers: layers.namingDataset()).resolved
  }
}
