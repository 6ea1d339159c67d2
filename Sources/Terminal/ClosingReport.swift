import Coordination
import Failures
import Parameters
package import Records

/// The text printed when a run is done.
package struct ClosingReport {
  private let result: RunResult
  private let schedule: String

  /// - Parameter schedule: how η changed over the steps; `constant` for not at all.
  package init(_ result: RunResult, schedule: String = constant) { (self.result, self.schedule) = (result, schedule) }

  package static let constant = "constant"

  package var lines: [String] {
    var lines = [
      "test error \(Numbers.percent(result.testError)) (best \(Numbers.percent(result.bestTestError))), "
        + "test loss \(Numbers.short(result.testLoss)), train loss \(Numbers.short(result.trainLoss))",
      "\(counted(result.steps, "step")), \(Numbers.short(result.epochs)) epochs, "
        + "\(counted(result.samplesUsed, "sample")) \(duration): \(Int(result.imagesPerSecond)) images/s",
    ]
    if let staleness = result.staleness { lines.append(Self.text(staleness)) }
    lines.append("")
    if !result.layers.isEmpty {
      lines += table
      // Where η has shrunk to nothing, so has what it would lead to.
      let equilibrium = schedule == Self.constant || result.path == nil
      let note = equilibrium ? EquilibriumNote(of: result.layers, after: result.steps) : nil
      lines += [note?.text].compactMap(\.self) + [""]
    }
    lines += result.events.map { "step \($0.step): \($0.what)" }
    if !result.events.isEmpty { lines.append("") }
    lines += ["weights SHA-256 \(result.weightsSHA256)", "run folder      \(result.run)"]
    return lines
  }

  private static func text(_ staleness: Staleness) -> String {
    "gradients \(Numbers.short(staleness.mean)) versions behind in the mean, \(staleness.largest ?? 0) at most; "
      + "\(staleness.rejected) rejected and \(staleness.late) late ones not applied"
  }

  /// Of the process that ended the run: how long the earlier ones took is not known.
  private var duration: String {
    let seconds = Numbers.duration(result.seconds)
    guard let first = result.resumedAfter, first > 0 else { return "in \(seconds)" }
    return "in all; \(counted(result.steps - first, "step")) since the resume in \(seconds)"
  }

  /// Of the last step; of the whole path where a schedule has made that step's η one that says little.
  private var table: [String] {
    guard schedule != Self.constant, let path = result.path else { return lastStep }
    var table = TextTable(header: ["layer", "‖w‖ first", "mean", "best", "\(rate) mean", "best", "angle mean", "best"])
    for layer in path.layers {
      let first = result.layers.first { $0.name == layer.name }?.initialNorm
      let (mean, best) = (layer.mean, layer.best)
      table.append(
        [layer.name]
          + [
            first, mean.norm, best.norm, mean.effectiveLearningRate, best.effectiveLearningRate, mean.angularUpdate,
            best.angularUpdate,
          ].map(Numbers.short))
    }
    return table.lines + [
      "",
      "schedule \(schedule): means over the run; best: step \(path.bestStep), of the lowest test error;",
    ] + legend
  }

  private var lastStep: [String] {
    var table = TextTable(
      header: ["layer", "‖w‖ first", "last", "predicted", rate, "angle", "predicted", "|cos(w,g)|"])
    for layer in result.layers {
      table.append(
        [layer.name]
          + [
            layer.initialNorm, layer.norm, layer.predictedNorm, layer.effectiveLearningRate, layer.angularUpdate,
            layer.predictedAngularUpdate, layer.cosWeightGradient.map(abs),
          ].map(Numbers.short))
    }
    return table.lines + [""] + legend.dropLast() + ["angle: RMS per step, in radians; |cos(w,g)|: the largest"]
  }

  private var legend: [String] {
    [
      "‖w‖ and \(rate), the effective learning rate: median over filters;", "angle: RMS per step, in radians",
    ]
  }

  /// Such as `η/‖w‖²`.
  private var rate: String { result.effectiveLearningRateDefinition }
}
