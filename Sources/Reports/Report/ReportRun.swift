import EffectiveLearningRate
import Failures
import Foundation
import Optimization
import Parameters
package import Records
package import Specification

/// One run in a report.
package struct ReportRun: Sendable {
  package let folder: String
  package let status: RunStatus
  package let cause: String?
  package let spec: RunSpec
  package let result: RunResult?
  package let commandLine: [String]
  package let versions: [String: String]
  /// The fields that the weights depend on, as text by path.
  package let fields: [String: String]
  /// Every field of the spec, and what a filter may compare beside them, as text.
  let allFields: [String: String]
  let columns: [String: String]
  /// Whether it is a series of another trainer's weights, of which only optimizer and rates are known.
  package let isMeasured: Bool
  /// Its place in the report.
  var place = 0
  /// Whether a claim trained it for a comparison of its own.
  var isOfClaim = false
  /// η/‖w‖ᵖ as it was measured: the median over a layer's filters, the mean over the run's steps, and the geometric mean over
  /// the layers. `nil` without scale-invariant layers, and before the curves are read.
  var measuredRate: Double?
  /// The angular update, in radians per step, by the same means.
  var measuredAngle: Double?

  /// - Returns: `nil` for a folder without a run that this version can read.
  package init?(inFolder path: String) {
    guard let record = RunRecord(inFolder: path), let spec = try? record.spec.decoded(as: RunSpec.self) else {
      return nil
    }
    folder = path
    status = record.standing(inFolder: path)
    cause = record.cause
    self.spec = spec.resolved
    result = record.runResult
    commandLine = record.commandLine
    versions = record.versions
    let isMeasured = record.measured != nil
    self.isMeasured = isMeasured
    // Of measured checkpoints only what was given is known.
    let known = isMeasured ? Set(spec.essentials.map(\.path)) : Set(SpecField.all.map(\.path))
    fields = Self.fields(of: spec).filter { known.contains($0.key) }
    allFields = Self.text(of: SpecField.all, in: self.spec).filter { known.contains($0.key) }
    let result = record.runResult
    let sweep = UserPath(UserPath(path).folder).folder
    let isSwept = FileManager.default.fileExists(atPath: sweep + "/sweep.json")
    let numbers: [String: Double?] = [
      "testError": result?.testError, "bestTestError": result?.bestTestError, "testLoss": result?.testLoss,
      "trainLoss": result?.trainLoss, "seconds": result?.seconds, "imagesPerSecond": result?.imagesPerSecond,
      "learningRate": self.spec.learningRate, "decay": self.spec.decay,
      "started": record.started.timeIntervalSince1970, "ended": record.ended?.timeIntervalSince1970,
    ]
    let texts = [
      "folder": path, "sweep": isSwept ? URL(fileURLWithPath: sweep).lastPathComponent : nil, "status": status.rawValue,
      "cause": cause, "tare": versions["tare"],
      "specHash": self.spec.specHash, "weightsSHA256": result?.weightsSHA256,
    ]
    columns = numbers.compactMapValues { $0.map { "\($0)" } }.merging(texts.compactMapValues(\.self)) { $1 }
  }

  /// The fields that the weights of a run depend on, with the values in force, as text by path.
  package static func fields(of spec: RunSpec) -> [String: String] {
    text(of: SpecField.all.filter(\.determinesBits), in: spec.resolved)
  }

  private static func text(of fields: [SpecField], in spec: RunSpec) -> [String: String] {
    Dictionary(
      uniqueKeysWithValues: fields.map { ($0.path, $0.read(spec)) }.filter { $0.1 != .null }.map { ($0.0, $0.1.text) })
  }

  /// What one types to train it again: as it was trained, and alone if that trained other runs too or only a part of it.
  package var commands: [String] {
    let given = ShellText.command(commandLine)
    guard !isMeasured else { return [given] }
    let command = commandLine.dropFirst().first
    guard command != "train" || commandLine.contains(where: { $0.hasPrefix("--resume") }) else { return [given] }
    // How a run is called, shown and stored is not the run.
    let others = ["output", "name", "tags", "progress", "json"].map { "execution." + $0 }
    let settings = spec.essentials.filter { !others.contains($0.path) }
      .flatMap { ["--set", "\($0.path)=\($0.value.text)"] }
    return [given, "# this run alone:", ShellText.command(["tare", "train"] + settings)]
  }

  /// η.
  package var learningRate: Double { spec.learningRate }

  /// λ_d, the decay of a step: twice the paper's λ, or the decoupled decay.
  package var decay: Double { spec.decay }

  /// Whether the decay bypasses the gradient.
  var isDecoupled: Bool { spec.isDecoupled }

  /// Whether η and λ_d reach an equilibrium: the weights are scale-invariant, and no projection fixes their norm.
  var hasEquilibrium: Bool { spec.projection == .none && spec.normalization != .none }

  /// Whether decay alone keeps the weights turning: momentum holds λ_d·w of earlier steps, which at a fixed norm add up to
  /// more than the turn that made them (docs/science.md, section 4.7). Then η/‖w‖ᵖ does not say how fast the run learns.
  var isTurnedByDecay: Bool {
    guard spec.projection != .none, spec.projectionKeepsL2, !isDecoupled, exponent == 2,
      let rule = try? spec.optimizer.make()
    else { return false }
    return rule.momentumGain > 1 && learningRate * decay * rule.momentumGain * rule.momentumGain > 1 + 1e-9
  }

  /// Such as `η/‖w‖²`.
  var rateFormula: String {
    (try? spec.optimizer.make()).map { EffectiveRate.formula(for: $0.homogeneity) } ?? "effective learning rate"
  }

  /// p of the effective learning rate η/‖w‖^p.
  package var exponent: Int? { try? spec.optimizer.make().homogeneity.exponent }
}
