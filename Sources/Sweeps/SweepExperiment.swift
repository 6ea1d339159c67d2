import Foundation
package import Specification
package import TensorBoard
import Training

/// A sweep for TensorBoard's HParams plugin: its axes are hyperparameters, its runs are trials.
package struct SweepExperiment: Sendable {
  private let name: String
  private let axes: [String]
  private let runs: [SweepRun]
  /// Axes whose values are all numbers, or all true or false.
  private let numeric: Set<String>
  private let boolean: Set<String>

  package init(_ name: String, of runs: [SweepRun]) {
    self.name = name
    self.runs = runs
    let labels = Dictionary(grouping: runs.flatMap(Self.labels), by: \.0).mapValues { $0.map(\.1) }
    axes = (labels["part"] == nil ? [] : ["part"]) + runs.axes
    numeric = Set(axes.filter { labels[$0]?.allSatisfy { Double($0)?.isFinite == true } == true })
    boolean = Set(axes.filter { labels[$0]?.allSatisfy { Bool($0) != nil } == true })
  }

  /// The coordinates of `run`.
  package func hyperparameters(of run: SweepRun) -> [Hyperparameter] {
    Self.labels(of: run).map { axis, label in
      if numeric.contains(axis), let number = Double(label) { return Hyperparameter(axis, .number(number)) }
      if boolean.contains(axis), let boolean = Bool(label) { return Hyperparameter(axis, .boolean(boolean)) }
      return Hyperparameter(axis, .text(label))
    }
  }

  package var experiment: Experiment {
    let all = runs.flatMap(hyperparameters)
    let axes = axes.map { axis in
      var values: [Hyperparameter.Value] = []
      for parameter in all where parameter.name == axis && !values.contains(parameter.value) {
        values.append(parameter.value)
      }
      return Experiment.Axis(axis, values)
    }
    return Experiment(
      name, axes: axes,
      measures: [
        .init(tag: TensorBoardRecord.testError, title: "test error"),
        .init(tag: TensorBoardRecord.testLoss, title: "test loss"),
        .init(tag: TensorBoardRecord.trainLoss, title: "train loss"),
      ])
  }

  /// Writes the event file of the sweep's folder, replacing an earlier one.
  package func write(to folder: String) throws {
    var file = try EventFile(in: folder)
    let value = Event.Tagged("_hparams_/experiment", .experiment(experiment))
    file.append(Event(wallTime: Date().timeIntervalSince1970, .values([value])))
    try file.flush()
  }

  /// Axis and label; the plan's part is an axis, too.
  private static func labels(of run: SweepRun) -> [(String, String)] {
    (run.part.isEmpty ? [] : [("part", run.part)]) + run.coordinates.map { ($0.axis, $0.label) }
  }
}
