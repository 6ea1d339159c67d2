import OneDNN
package import Parameters

/// The vector instructions that training uses here.
package struct InstructionFacts: Hashable, Sendable {
  let kernels: InstructionSet
  /// As oneDNN names what it compiles for.
  let library: String
  let hasBFloat16: Bool

  package init(kernels: InstructionSet, library: String, hasBFloat16: Bool) {
    (self.kernels, self.library, self.hasBFloat16) = (kernels, library, hasBFloat16)
  }

  /// Those of this process.
  package init() {
    self.init(kernels: .current, library: Library.instructionSet, hasBFloat16: Library.hasBFloat16)
  }

  package var finding: Finding {
    let amx = library.hasSuffix("amx") ? "AMX" : "no AMX"
    let found =
      "servers \(kernels.rawValue), workers \(library), \(hasBFloat16 ? "bfloat16" : "no bfloat16"), \(amx)"
    guard kernels == .plain else { return .ok("instructions", found) }
    return .warning(
      "instructions", found,
      advice:
        "Use a processor with AVX2 or AVX-512, or let the virtual machine see them: without, training is several times "
        + "slower.")
  }
}
