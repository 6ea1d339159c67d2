import Claims
import EffectiveLearningRate
import Foundation
import Parameters
import Records
import Specification
import TestSupport
import Testing

/// Claim 23 reads gradients from the weights around one step, and losses.
@Suite struct ControlTests {
  /// Writes weights whose gradients have the given cosines with w, and losses that ignore or follow the initial scale.
  struct Control: Laboratory {
    let folder: TemporaryFolder
    /// cos(w, g) of every filter, behind batch norm and without.
    var cosines: (batch: Double, none: Double) = (0, 0.3)
    /// What 4 w₀ adds to every loss.
    var shift: (batch: Double, none: Double) = (0, 1)

    func train(_ specs: [RunSpec]) throws -> [Observation] {
      try specs.enumerated().map { index, spec in
        let isBatch = spec.normalization == .batch
        let path = folder.file("\(index)")
        try FileManager.default.createDirectory(atPath: path + "/weights", withIntermediateDirectories: true)
        let cosine = isBatch ? cosines.batch : cosines.none
        let gradient = [cosine, (1 - cosine * cosine).squareRoot()]
        let rate = try #require(spec.optimizer.learningRate)
        try write([3, 0, 0, 2], to: path + "/weights/initial.safetensors")
        // Filters (3, 0) and (0, 2): the second's gradient is turned with it.
        let after = [
          3 - rate * gradient[0], -rate * gradient[1], -rate * gradient[1], 2 - rate * gradient[0],
        ]
        try write(after, to: path + "/weights/final.safetensors")
        let loss = 2 + (spec.initScale == 1 ? 0 : isBatch ? shift.batch : shift.none)
        let rows = (1...(spec.steps ?? 1)).map {
          MetricRow(step: $0, layer: "", metric: TrainLoss.name, statistic: .mean, value: loss)
        }
        return Observation(spec: spec, folder: path, result: World.result(), metrics: MetricTable(rows))
      }
    }

    private func write(_ weights: [Double], to path: String) throws {
      try unsafe weights.withUnsafeBytes { bytes in
        try SafeTensors.write([unsafe NamedTensor("dense1.weight", .float64, [2, 2], bytes: bytes)], to: path)
      }
    }
  }

  private func findings(_ change: (inout Control) -> Void = { _ in }) throws -> [Finding] {
    var control = Control(folder: try TemporaryFolder())
    change(&control)
    return try ControlIsNotInvariant().examine(in: control, JudgmentTests.setting)
  }

  @Test func holds() throws {
    let findings = try findings()
    #expect(findings.count == 4)
    #expect(findings.allSatisfy { $0.holds == true }, "\(findings)")
    let cosine = try #require(findings.first { $0.subject.hasPrefix("no normalization: median") }?.value)
    #expect(isClose(cosine, 0.3, 1e-12))
  }

  @Test func falls() throws {
    #expect(try findings { $0.cosines.none = 1e-3 }.contains { $0.holds == false })
    #expect(try findings { $0.cosines.batch = 1e-4 }.contains { $0.holds == false })
    #expect(try findings { $0.shift.none = 0 }.contains { $0.holds == false })
    #expect(try findings { $0.shift.batch = 0.1 }.contains { $0.holds == false })
  }
}
