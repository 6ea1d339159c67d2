import Specification

/// A few runs over one another: ‖w‖, effective learning rate and training loss over the steps, one line a run.
///
/// It shows what decay does: two runs whose norms differ and whose effective learning rates agree have the same losses.
package enum RunOverlay {
  /// More lines than these cannot be told apart.
  package static let limit = 8
  /// Points of a line; each stands for as many steps.
  private static let points = 100

  /// - Parameters:
  ///   - runs: with their curves, of the same network.
  ///   - layer: a layer of all runs; by default the first with an effective learning rate.
  /// - Returns: `nil` for one run or more than `limit`, and where no layer has an effective learning rate in all of them.
  package static func figure(_ runs: [(run: ReportRun, curves: RunCurves)], layer: String? = nil) -> Figure? {
    guard (2...limit).contains(runs.count), let layer = layer ?? runs[0].curves.layers.first?.name else { return nil }
    let layers = runs.compactMap { $0.curves.layers.first { $0.name == layer } }
    let last = runs.compactMap(\.curves.steps.last)
    guard layers.count == runs.count, last.count == runs.count, let steps = last.max(), steps > 1 else { return nil }
    let width = max(1, (steps + points - 1) / points)
    let names = names(of: runs.map(\.run))
    func panel(_ title: String, _ label: String, logarithmic: Bool, _ values: (Int) -> [Double]) -> Figure.Panel {
      Figure.Panel(
        title,
        series: runs.indices.map { index in
          Figure.Series(
            names[index], color: index, points: means(of: values(index), at: runs[index].curves.steps, width: width))
        }, y: .init(label, logarithmic: logarithmic))
    }
    let exponents = Set(runs.map { $0.run.exponent })
    let formula = exponents.count == 1 ? runs[0].run.rateFormula : "the effective learning rate"
    return Figure(
      id: "overlay", title: "Norm, effective learning rate and loss: \(layer)",
      caption: "‖w‖ and \(formula) of \(layer), median over its filters, and the network's training loss"
        + (width > 1 ? ", each a mean over \(width) steps" : "") + ". Runs whose effective learning rates agree have "
        + "the same losses, whatever their norms.",
      x: .init("step", switchable: false), y: .init("", switchable: false),
      panels: [
        panel("norm", "‖w‖ of a filter", logarithmic: true) { layers[$0][.norm] },
        panel("effective learning rate", formula, logarithmic: true) { layers[$0][.rate] },
        panel("training loss", "training loss, nats", logarithmic: true) { runs[$0].curves.trainLoss },
      ])
  }

  /// Means over `width` steps each, at the last of them; the undefined is left out.
  private static func means(of values: [Double], at steps: [Int], width: Int) -> [Figure.Point] {
    var (points, sum, count): ([Figure.Point], Double, Double) = ([], 0, 0)
    for (index, (step, value)) in zip(steps, values).enumerated() {
      if value.isFinite { (sum, count) = (sum + value, count + 1) }
      let isLast = index + 1 == steps.count || (steps[index + 1] - 1) / width > (step - 1) / width
      guard isLast, count > 0 else { continue }
      points.append(Figure.Point(x: Double(step), y: sum / count))
      (sum, count) = (0, 0)
    }
    return points
  }

  /// What the runs were called, or the fields in which they differ, or their folders.
  private static func names(of runs: [ReportRun]) -> [String] {
    let given = runs.map { $0.spec.execution.name ?? "" }
    guard given.contains("") || Set(given).count < given.count else { return given }
    let varying = ReportGrid.varying(runs)
    let fields = runs.map { run in varying.map { "\($0) \(run.fields[$0] ?? "none")" }.joined(separator: ", ") }
    return Set(fields).count == fields.count && fields.allSatisfy { $0.count <= 60 }
      ? fields : runs.map { $0.folder.split(separator: "/").last.map(String.init) ?? $0.folder }
  }
}
