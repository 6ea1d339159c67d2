import ArgumentParser
import EffectiveLearningRate
import Failures
import Foundation
import Measuring
import Optimization
import Parameters
import Plans
import Records
import RunDefinition
import Specification
import Terminal
import Training

struct MeasureCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "measure",
    abstract: "Measure other trainers' checkpoints: norms, effective learning rates and angles by layer.",
    discussion: """
      Reads a series of safetensors files, such as those that PyTorch's save_file(model.state_dict(), "step-100.safetensors") \
      writes, and writes a folder with a metrics.csv that "tare report" draws like a run's. Nothing is trained.

      ‖w‖ and η/‖w‖² are measured at each checkpoint, angles from one checkpoint to the next. The predicted angle is that of \
      an equilibrium in which the gradients of different steps have independent directions; an angle below it means that \
      steps undo one another.

      THE MAP
        conv1: features.0.weight           a layer's name, and its tensor
        fc1: classifier.0.weight layer     what can be scaled without changing the function: each filter (the default), \
      the layer, or none

      Without a map, every tensor of two or more dimensions whose name ends in .weight is taken to be scale-invariant, filter \
      by filter, which is right only for layers followed by batch norm.

      EXAMPLES
        tare measure step-*.safetensors --optimizer momentum --momentum 0.9 \\
            --learning-rate 0.1 --l2 2.5e-4
            PyTorch's SGD with weight_decay 5e-4: l2 is half of it
        tare measure epoch-*.safetensors --map layers.yaml --optimizer adamw \\
            --learning-rate 1e-3 --weight-decay 0.05
        tare report OUTPUT

      EXIT CODES
        0 done, 64 an invalid flag or map, 65 invalid checkpoints, or those of several networks, \
      74 input or output failed
      """)

  @Argument(
    help: ArgumentHelp("Safetensors files of one network.", valueName: "checkpoint"),
    completion: .file(extensions: ["safetensors"]))
  var checkpoints: [UserPath]

  @Option(
    help: ArgumentHelp("A YAML file that names each layer's tensor (above).", valueName: "map.yaml"),
    completion: .file(extensions: ["yaml", "yml"]))
  var map: UserPath?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The step of each checkpoint, such as 0,100,200 (default: the last number in its name).", valueName: "steps"))
  var steps: String?

  @OptionGroup(title: "How they were trained") var optimizer: CheckpointOptimizer

  @Option(
    name: .customLong("set"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp("Set any field of the optimizer or schedule; may be repeated.", valueName: "path=value"))
  var settings: [String] = []

  @Option(
    help: ArgumentHelp("The folder to write (default: runs/<time>-<id>).", valueName: "folder"), completion: .directory)
  var output: UserPath?

  @Flag(help: "Print the last checkpoint's values as one JSON object.")
  var json = false

  func run() throws {
    let given = try given()
    let series = try CheckpointSeries(
      checkpoints.map(\.text), steps: steps.map(Self.numbers), map: map.map { try TensorMap(at: $0.text) })
    let spec = try Self.spec(given, steps: series.checkpoints.last?.step ?? 1)
    let rows = try Self.rows(of: series, spec)
    let folder = try RunFolder(output?.text)
    var metrics = try MetricsFile(folder.metrics)
    metrics.append(rows)
    try metrics.flush()
    var record = RunRecord(
      spec: try JSONValue(encoding: spec), commandLine: CommandLine.arguments, versions: ["tare": Version.text],
      host: HostFacts(isa: InstructionSet.current.rawValue))
    record.measured = series.checkpoints.map(\.tensors.path)
    record.status = .done
    record.ended = Date()
    try folder.write(record)
    try report(MeasuredLayers(of: series, rows), in: folder.path)
  }

  private func report(_ measured: MeasuredLayers, in folder: String) throws {
    if json { return try print(JSONOutput.text(of: measured.object(folder: folder))) }
    try print(measured.table)
    if map == nil {
      StandardError.print(
        "tare: without --map all these layers are taken as scale-invariant, filter by filter; leave out those that no "
          + "normalization follows")
    }
    var next = NextSteps()
    next.add(NextSteps.report(on: folder), "norms, effective learning rates and angles of all checkpoints")
    next.print()
  }

  private static func rows(of series: CheckpointSeries, _ spec: RunSpec) throws -> [MetricRow] {
    let schedule = try spec.learningRateSchedule(steps: spec.steps ?? 1)
    var layers = try series.layers.map { layer -> LayerSeries in
      let extents = series.extents(of: layer)
      let invariance = layer.scale.invariance(filters: extents[0])
      let parameter = Parameter(
        layer: layer.name, shape: Shape(extents), role: .weight, group: .weights, invariance: invariance,
        initializer: .constant(0))
      guard let (update, rate) = try spec.update(of: parameter) else {
        preconditionFailure("weights are trained")
      }
      return LayerSeries(
        name: layer.name, filters: extents[0], filterLength: parameter.filterLength, invariance: invariance,
        update: update
      ) { step in rate * schedule.factor(step: max(step, 1), of: spec.steps ?? 1) }
    }
    // By step, as a run writes them.
    return try series.checkpoints.flatMap { checkpoint in
      try zip(layers.indices, series.layers).flatMap { index, layer in
        layers[index].append(try checkpoint.weights(of: layer), at: checkpoint.step)
      }
    }
  }

  /// How they were trained.
  private func given() throws -> [Assignment] {
    let given = try optimizer.given + Assignment.settings(settings)
    let known = ["optimizer.", "schedule.", "groups.weights.", "l2", "weightDecay", "projection", "rule."]
    if let other = given.first(where: { given in !known.contains { given.path.hasPrefix($0) } }) {
      throw UsageError(
        field: "set",
        "\(other.path) says nothing of checkpoints; accepted: fields of the optimizer, its penalties and its schedule.")
    }
    guard given.contains(where: { $0.path == "optimizer.learningRate" }) else {
      throw UsageError(
        field: "learning-rate",
        "--learning-rate is missing; the effective rate is computed from it. Accepted: the η that they were trained with."
      )
    }
    return given
  }

  private static func spec(_ given: [Assignment], steps: Int) throws -> RunSpec {
    let hasDecay = given.contains { ["l2", "weightDecay"].contains($0.path) }
    // Without one, that of the optimizer would be in force.
    let base = try Assignment.settings(["steps=\(max(steps, 1))"] + (hasDecay ? [] : ["l2=0", "weightDecay=0"]))
    return try RunSpec(layers: [base, given]).resolved
  }

  private static func numbers(_ text: String) throws -> [Int] {
    let numbers = text.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) ?? -1 }
    guard numbers.allSatisfy({ $0 >= 0 }) else {
      throw UsageError(
        field: "steps", "--steps is \"\(text)\"; accepted: whole numbers with commas between them, such as 0,100,200.")
    }
    return numbers
  }
}
