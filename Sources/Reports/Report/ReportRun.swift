import Failures
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
    fields = Self.fields(of: spec)
  }

  /// The fields that the weights of a run depend on, with the values in force, as text by path.
  package static func fields(of spec: RunSpec) -> [String: String] {
    let spec = spec.resolved
    return Dictionary(
      uniqueKeysWithValues: SpecField.all.filter(\.determinesBits).map { ($0.path, $0.read(spec)) }
        .filter { $0.1 != .null }.map { ($0.0, $0.1.text) })
  }

  /// What one types to train it again: as it was trained, and alone if that trained other runs too or only a part of it.
  package var commands: [String] {
    let given = ShellText.command(commandLine)
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

  /// p of the effective learning rate η/‖w‖^p.
  package var exponent: Int? { try? spec.optimizer.make().homogeneity.exponent }
}
