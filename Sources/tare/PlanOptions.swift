import ArgumentParser
import Plans
import Specification

/// A run's fields from a plan and `--set`, over the command's own defaults.
struct PlanOptions: ParsableArguments {
  @Argument(help: ArgumentHelp("A YAML file with the run's fields.", valueName: "plan.yaml"), completion: .file())
  var plan: String?

  @Option(
    name: .customLong("set"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp("Set any field; may be repeated.", valueName: "path=value"))
  var settings: [String] = []

  /// The resulting spec, checked and resolved.
  ///
  /// - Parameter defaults: in the form of `--set`; everything else overrides them.
  func spec(over defaults: [String]) throws(SpecError) -> RunSpec {
    var layers = [try Assignment.settings(defaults)]
    if let plan { layers.append(try PlanFile.assignments(at: plan)) }
    layers.append(try Assignment.settings(settings))
    StandardError.printNotes(on: layers.joined())
    return try RunSpec(layers: layers).resolved
  }
}
