import ArgumentParser
import Failures
import Foundation
import Plans
import Records
import Specification

/// The fields of a run: from a plan or another run, the environment, and flags.
struct RunOptions: ParsableArguments {
  @Argument(
    help: ArgumentHelp(
      "A YAML file with fields, or the run.json of a run; - is standard input.", valueName: "plan.yaml"),
    completion: .file())
  var plan: UserPath?

  @Option(
    help: ArgumentHelp(
      "Start from the spec of this run instead of a plan: its folder, its run.json, or last for the newest below runs/.",
      valueName: "run"), completion: .directory)
  var like: UserPath?

  @Option(
    name: .customLong("set"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp("Set any field; \"tare fields\" lists them. May be repeated.", valueName: "path=value"))
  var settings: [String] = []

  @OptionGroup(title: "Data") var data: DataOptions
  @OptionGroup(title: "Network") var network: NetworkOptions
  @OptionGroup(title: "Optimizer") var optimizer: OptimizerOptions
  @OptionGroup(title: "Length and randomness") var length: LengthOptions
  @OptionGroup(title: "Arithmetic") var arithmetic: ArithmeticOptions
  @OptionGroup(title: "Processes (none of these changes the weights)") var processes: ProcessOptions
  @OptionGroup(title: "Records and output") var records: RecordOptions

  /// The fields given by flags.
  var flags: [Assignment] {
    data.given + network.given + optimizer.given + length.given + arithmetic.given + processes.given + records.given
  }

  /// Plan, environment, flags and `--set`, in this order: a later one wins.
  ///
  /// - Parameter environment: what it gives.
  func layers(_ environment: [Assignment]) throws -> [PlanLayer] {
    if let swallowed = flags.first(where: { $0.value.text.hasPrefix("--") }) {
      throw SpecError(
        field: swallowed.path,
        "\(swallowed.path) has no value; accepted: one before \"\(swallowed.value.text)\".")
    }
    var layers: [PlanLayer] = []
    if let path = try planPath {
      layers.append(PlanLayer(.plan, try PlanFile.assignments(at: path)) { _ in path })
    }
    layers.append(PlanLayer(.environment, environment))
    layers.append(
      PlanLayer(.flag, flags) { given in SpecField.known(given.path)?.flags.first.map { "--\($0)" } ?? given.path })
    layers.append(PlanLayer(.flag, try Assignment.settings(settings)) { _ in "--set" })
    StandardError.printNotes(on: layers.flatMap(\.assignments))
    return layers
  }

  /// Of the plan, or of the run whose spec is one.
  private var planPath: String? {
    get throws {
      guard let like else { return plan?.text }
      if let plan {
        throw UsageError(
          field: "like", "--like is \(like), and there is the plan \(plan); accepted: one of the two.")
      }
      if like.text == "last" { return try NewestRun.path(below: "runs", holding: ["run.json"]) + "/run.json" }
      var isFolder: ObjCBool = false
      let isThere = unsafe FileManager.default.fileExists(atPath: like.text, isDirectory: &isFolder)
      let record = isFolder.boolValue ? UserPath("run.json", in: like.text).text : like.text
      guard isThere,
        FileManager.default.contents(atPath: record).flatMap({ try? RunRecord(decoding: Array($0)) }) != nil
      else {
        throw UsageError(
          field: "like",
          "--like is \"\(like)\", which is no run; accepted: the folder of a run, its run.json, or last.")
      }
      return record
    }
  }
}
