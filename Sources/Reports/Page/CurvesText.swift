import Foundation
import Synchronization

/// The curves of all runs as JSON: an object a run, in their order.
///
/// Written by hand: there are up to a million numbers, of four digits each.
package enum CurvesText {
  /// What all curves together may take, in bytes, and what a window takes in a run of five layers.
  private static let (budget, windowSize) = (8_000_000, 290)

  /// The windows that are read of each of `runs` runs: those that are drawn, and of a few runs all that an overlay averages.
  static func windowsRead(runs: Int) -> Int { runs <= RunOverlay.limit ? 2000 : windowsDrawn(runs: runs) }

  private static func windowsDrawn(runs: Int) -> Int { min(max(budget / max(runs, 1) / windowSize, 24), 240) }

  /// - Parameters:
  ///   - folders: of the runs.
  ///   - reader: the report's own, so that each file is read once.
  ///   - progress: called when a run's curves are read, from any thread.
  package static func json(
    ofRunsIn folders: [String], reader: ReportReader = ReportReader(), progress: @Sendable () -> Void = {}
  ) -> String {
    let (read, drawn) = (windowsRead(runs: folders.count), windowsDrawn(runs: folders.count))
    let texts = Mutex([String](repeating: "", count: folders.count))
    DispatchQueue.concurrentPerform(iterations: folders.count) { index in
      let text = reader.text(inFolder: folders[index], points: read) { Self.text($0.thinned(to: drawn)) }
      texts.withLock { $0[index] = text }
      progress()
    }
    return "[" + texts.withLock { $0 }.joined(separator: ",\n") + "]"
  }

  private static func text(_ curves: RunCurves) -> String {
    let layers = curves.layers.map { layer in
      let curves = RunCurves.Curve.drawn.map { "\"\($0)\":\(numbers(layer[$0]))" }.joined(separator: ",")
      return "{\"name\":\"\(escaped(layer.name))\",\(curves)}"
    }
    let steps = curves.steps.map(String.init).joined(separator: ",")
    let evaluations = curves.evaluations.map { "[\($0.step),\(rounded($0.testError))]" }.joined(separator: ",")
    return "{\"steps\":[\(steps)],\"loss\":\(numbers(curves.trainLoss)),\"eta\":\(numbers(curves.learningRate)),"
      + "\"tests\":[\(evaluations)],\"layers\":[\(layers.joined(separator: ","))]}"
  }

  /// Four significant digits; `null` for what is undefined, `0` for a curve that is so everywhere.
  private static func numbers(_ values: [Double]) -> String {
    guard values.contains(where: { $0.isFinite }) else { return "0" }
    return "[" + values.map { $0.isFinite ? rounded($0) : "null" }.joined(separator: ",") + "]"
  }

  package static func rounded(_ value: Double) -> String {
    guard value != 0 else { return "0" }
    let power = pow(10, 3 - log10(abs(value)).rounded(.down))
    guard power.isFinite, power > 0 else { return "0" }
    let number = (value * power).rounded() / power
    return number == number.rounded() && abs(number) < 1e6 ? "\(Int(number))" : "\(number)"
  }

  private static func escaped(_ name: String) -> String {
    name.filter { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) }
  }
}
