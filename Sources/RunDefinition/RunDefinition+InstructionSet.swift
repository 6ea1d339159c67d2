import Failures
import NeuralNetwork
import OneDNN
import Parameters
import Specification

extension RunDefinition {
  /// Holds this process to the instruction set that the spec names, for servers' kernels and workers' layers alike.
  ///
  /// - Throws: `RunError` if this processor does not have it.
  package func selectInstructionSet() throws {
    let (set, ceiling): (InstructionSet, Library.Ceiling)
    switch spec.isa {
    case .auto: return
    case .plain: (set, ceiling) = (.plain, .sse41)
    case .v3: (set, ceiling) = (.v3, .avx2)
    case .v4: (set, ceiling) = (.v4, .avx512)
    }
    guard InstructionSet.available.contains(set) else {
      throw RunError(
        ExitCode.unavailable,
        "isa is \"\(spec.isa.rawValue)\", which this processor does not have; accepted here: auto, "
          + InstructionSet.available.map(\.rawValue).joined(separator: ", "))
    }
    InstructionSet.current = set
    guard Library.limit(to: ceiling) else {
      throw RunError(ExitCode.software, "isa \(spec.isa.rawValue) was asked for after oneDNN had chosen another")
    }
  }

  /// Whether the workers of this process can compute in the precision that the spec names; after `selectInstructionSet`.
  ///
  /// - Throws: `RunError` if not.
  package func checkPrecision() throws {
    guard spec.precision == .bfloat16, spec.backend == .onednn, !Library.hasBFloat16 else { return }
    let limit = spec.isa == .auto ? "" : " with isa \(spec.isa.rawValue)"
    throw RunError(
      ExitCode.unavailable,
      "precision is \"bfloat16\", for which this processor has no instructions\(limit) (oneDNN uses "
        + "\(Library.instructionSet)); accepted here: float, double")
  }

  /// What this process computes forward and backward passes with.
  package var computingLibrary: String {
    guard spec.backend == .onednn else { return "tare's reference" }
    var parts = ["oneDNN \(Library.version)", Library.instructionSet]
    if activations.productElement != activations.element { parts.append("bfloat16 multiplied as float32") }
    if architecture.convolutionAlgorithms(.init(activations)).contains(where: \.areOwn) {
      parts.append("Winograd by Tare")
    }
    return parts.joined(separator: ", ")
  }
}
