import ArgumentParser
import Plans
import Specification

/// A run's fields from a plan and `--set`, over defaults of the command's own.
struct PlanOptions: ParsableArguments {
  @Argument(help: ArgumentHelp("A YAML file that gives the run's fields.", valueName: "plan.yaml"), completion: .file())
  var plan: String?

  @Option(
    name: .customLong("set"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp("Give any field; may be repeated.", valueName: "path=value"))
  var settings: [String] = []

  /// The spec that remains, checked and resolved.
  ///
  /// - Parameter defaults: as `--set` takes them, laid below everything.
  func spec(over defaults: [String]) throws(SpecError) -> RunSpec {
    var layers = [try Assignment.settings(defaults)]
    if let plan { layers.append(try PlanFile.assignments(at: plan)) }
    layers.append(try Assignment.settings(settings))
    StandardError.printNotes(on: layers.joined())
    return try RunSpec(layers: layers).resolved
  }
}
