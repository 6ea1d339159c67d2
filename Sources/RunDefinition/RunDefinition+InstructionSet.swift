import Failures
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

  /// What this process computes forward and backward passes with.
  package var computingLibrary: String {
    spec.backend == .reference ? "tare's reference" : "oneDNN \(Library.version), \(Library.instructionSet)"
  }
}
