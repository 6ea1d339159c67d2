import Coordination
import Failures
package import Records

/// The text printed when a run is done.
package struct ClosingReport {
  private let result: RunResult

  package init(_ result: RunResult) { self.result = result }

  package var lines: [String] {
    var lines = [
      "test error \(Numbers.percent(result.testError)) (best \(Numbers.percent(result.bestTestError))), "
        + "test loss \(Numbers.short(result.testLoss)), train loss \(Numbers.short(result.trainLoss))",
      "\(counted(result.steps, "step")), \(Numbers.short(result.epochs)) epochs, "
        + "\(counted(result.samplesUsed, "sample")) \(duration): \(Int(result.imagesPerSecond)) images/s",
      "",
    ]
    if !result.layers.isEmpty {
      lines += layerTable.lines
      lines += [
        "",
        "‖w‖ and effective rate, \(result.effectiveLearningRateDefinition): median over filters; angle: RMS per step, in "
          + "radians",
      ]
      lines += equilibrium.map { [$0, ""] } ?? [""]
    }
    lines += result.events.map { "step \($0.step): \($0.what)" }
    if !result.events.isEmpty { lines.append("") }
    lines += ["weights SHA-256 \(result.weightsSHA256)", "run folder      \(result.run)"]
    return lines
  }

  /// Of the process that ended the run: how long the earlier ones took is not known.
  private var duration: String {
    let seconds = Numbers.duration(result.seconds)
    guard let first = result.resumedAfter, first > 0 else { return "in \(seconds)" }
    return "in all; \(counted(result.steps - first, "step")) since the resume in \(seconds)"
  }

  /// Which layers have reached the equilibrium that the predictions are about, and what the others lack.
  private var equilibrium: String? {
    let predicted = result.layers.filter { $0.isInEquilibrium != nil }
    guard !predicted.isEmpty else { return nil }
    func names(_ layers: [RunResult.Layer]) -> String {
      layers.count == result.layers.count ? "all layers" : layers.map(\.name).joined(separator: ", ")
    }
    let rest = predicted.filter { $0.isInEquilibrium == false }
    guard !rest.isEmpty else { return "in equilibrium: \(names(predicted))" }
    let needed = rest.compactMap(\.equilibriumTimeConstant).max() ?? 0
    return needed > Double(result.steps)
      ? "not yet in equilibrium: \(names(rest)); it takes about \(Numbers.rough(needed)) steps, and the run had "
        + "\(result.steps)"
      : "not in equilibrium: \(names(rest))"
  }

  private var layerTable: TextTable {
    var table = TextTable(
      header: ["layer", "‖w‖", "predicted", "effective rate", "angle", "predicted", "largest |cos(w,g)|"])
    for layer in result.layers {
      table.append(
        [layer.name]
          + [
            layer.norm, layer.predictedNorm, layer.effectiveLearningRate, layer.angularUpdate,
            layer.predictedAngularUpdate, layer.cosWeightGradient,
          ].map(Numbers.short))
    }
    return table
  }
}
