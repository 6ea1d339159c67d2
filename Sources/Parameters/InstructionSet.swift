import CKernels
import Synchronization

/// The vector instructions that the kernels are compiled for. All give the same bits; they differ in speed.
package enum InstructionSet: String, Hashable, Sendable, Codable, CaseIterable {
  /// The baseline of the architecture (SSE2 on x86-64).
  case plain
  /// AVX2.
  case v3 = "x86-64-v3"
  /// AVX-512.
  case v4 = "x86-64-v4"

  /// Those that this processor can run, slowest first.
  package static let available = allCases.filter { tare_isa_supported($0.number) != 0 }

  /// The one in use: the fastest available, unless set. Setting it affects only speed.
  ///
  /// - Precondition (of setting): the processor can run it.
  package static var current: InstructionSet {
    get { allCases[selected.load(ordering: .relaxed)] }
    set {
      precondition(available.contains(newValue), "this processor cannot run \(newValue.rawValue)")
      selected.store(Int(newValue.number), ordering: .relaxed)
    }
  }

  /// Of the kernels.
  package var number: Int32 {
    switch self {
    case .plain: 0
    case .v3: 1
    case .v4: 2
    }
  }
}

private let selected = Atomic(Int(InstructionSet.available.last?.number ?? 0))
