import Foundation
import Reports
import TestSupport
import Testing
import tare

/// The demonstration's verdict on curves whose differences are known.
@Suite("Demonstration")
struct DemoComparisonTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// A run of 60 steps: its loss, and ‖w‖ = `norm` at the end.
  private func curves(_ name: String, norm: Double, loss: (Int) -> Double) throws -> RunCurves {
    let rows = (1...60).flatMap { step in
      let length = 1 + (norm - 1) * Double(step - 1) / 59
      return [
        "\(step),,trainLoss,mean,\(loss(step))", "\(step),conv1,weightNorm,p50,\(length)",
        "\(step),conv1,effectiveLearningRate,p50,\(0.5 / (length * length))",
      ]
    }
    let text = (["step,layer,metric,statistic,value"] + rows).joined(separator: "\n") + "\n"
    try folder.write(Array(text.utf8), to: name)
    return RunCurves(metricsAt: folder.file(name), points: 1000)
  }

  @Test("C with A's losses and other norms is shown; its differences are those of means over twenty steps")
  func shown() throws {
    // Noise of one step averages out; an offset stays.
    let comparison = try #require(
      DemoComparison([
        (.decay, try curves("a", norm: 0.25) { 2 - 0.01 * Double($0) }, 0.1),
        (.plain, try curves("b", norm: 2) { 2 - 0.01 * Double($0) + ($0 > 40 ? 0.5 : 0) }, 0.2),
        (.following, try curves("c", norm: 4) { 2 - 0.01 * Double($0) + ($0.isMultiple(of: 2) ? 0.25 : -0.25) }, nil),
      ]))
    #expect(comparison.layer == "conv1")
    #expect(comparison.rows.map(\.firstNorm) == [1, 1, 1] && comparison.rows.map(\.lastNorm) == [0.25, 2, 4])
    #expect(comparison.rows.map(\.effectiveLearningRate) == [8, 0.125, 0.03125])
    #expect(comparison.rows.map(\.testError) == [0.1, 0.2, nil])
    #expect(comparison.rows[0].lossDifference == 0)
    #expect(abs(comparison.rows[1].lossDifference - 0.5) < 1e-12 && comparison.rows[2].lossDifference < 1e-12)
    #expect(comparison.normRatio == 16 && comparison.isShown)
  }

  @Test("other losses, or the same norms, show nothing")
  func notShown() throws {
    let a = try curves("a", norm: 0.25) { _ in 1 }
    let b = try curves("b", norm: 2) { _ in 1.3 }
    for (name, norm, loss) in [("losses", 4.0, 1.2), ("norms", 0.3, 1)] {
      let c = try curves(name, norm: norm) { _ in loss }
      let comparison = try #require(DemoComparison([(.decay, a, nil), (.plain, b, nil), (.following, c, nil)]))
      #expect(!comparison.isShown, "\(name)")
    }
  }

  @Test("runs without curves are not compared")
  func empty() throws {
    let none = RunCurves(metricsAt: folder.file("none"), points: 10)
    #expect(DemoComparison([(.decay, none, nil), (.plain, none, nil), (.following, none, nil)]) == nil)
  }
}
