import Foundation
import Synchronization

/// The curves of all runs as JSON: an object a run, in their order.
///
/// Written by hand: there are up to a million numbers, of four digits each.
package enum CurvesText {
  /// What all curves together may take, in bytes.
  private static let budget = 7_000_000

  /// - Parameters:
  ///   - folders: of the runs.
  ///   - read: called when a run's curves are read, from any thread.
  package static func json(
    ofRunsIn folders: [String], reader: ReportReader = ReportReader(), read: @Sendable () -> Void = {}
  ) -> String {
    let points = min(max(budget / max(folders.count, 1) / 180, 24), 240)
    let texts = Mutex([String](repeating: "", count: folders.count))
    DispatchQueue.concurrentPerform(iterations: folders.count) { index in
      let text = reader.curves(inFolder: folders[index], points: points, make: text)
      texts.withLock { $0[index] = text }
      read()
    }
    return "[" + texts.withLock { $0 }.joined(separator: ",\n") + "]"
  }

  private static func text(_ curves: RunCurves) -> String {
    let layers = curves.layers.map { layer in
      let curves = RunCurves.Curve.allCases.map { "\"\($0)\":\(numbers(layer[$0]))" }.joined(separator: ",")
      return "{\"name\":\"\(escaped(layer.name))\",\(curves)}"
    }
    let steps = curves.steps.map(String.init).joined(separator: ",")
    return "{\"steps\":[\(steps)],\"loss\":\(numbers(curves.trainLoss)),\"eta\":\(numbers(curves.learningRate)),"
      + "\"layers\":[\(layers.joined(separator: ","))]}"
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
