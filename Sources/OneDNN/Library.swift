import COneDNN

/// Facts and settings of the library as a whole.
package enum Library {
  /// Runs the calling thread's primitives on that thread only; the setting is per thread.
  ///
  /// With more OpenMP threads, sums are split at different places, which changes their last bits. So every thread must
  /// call this before it creates or runs primitives.
  package static func useOneThread() { omp_set_num_threads(1) }

  /// How many threads a primitive run by the calling thread would use.
  package static var threadCount: Int { Int(omp_get_max_threads()) }

  /// Such as `2.6.3`.
  package static var version: String {
    guard let version = unsafe dnnl_version() else { return "unknown" }
    return unsafe "\(version.pointee.major).\(version.pointee.minor).\(version.pointee.patch)"
  }

  /// The widest vector instructions allowed, for runs that must be reproducible on other processors.
  package enum Ceiling: Sendable { case sse41, avx2, avx512 }

  /// Keeps later primitives of this process from using wider instructions.
  ///
  /// - Returns: false if the library has already chosen.
  package static func limit(to ceiling: Ceiling) -> Bool {
    let isa =
      switch ceiling {
      case .sse41: dnnl_cpu_isa_sse41
      case .avx2: dnnl_cpu_isa_avx2
      case .avx512: dnnl_cpu_isa_avx512_core
      }
    return dnnl_set_max_cpu_isa(isa) == dnnl_success || dnnl_get_effective_cpu_isa() == isa
  }

  /// Whether primitives for bfloat16 are there, compiled for instructions of its own: without them the library imitates them,
  /// slowly and with other bits.
  package static var hasBFloat16: Bool {
    [dnnl_cpu_isa_avx512_core_bf16, dnnl_cpu_isa_avx512_core_amx].contains(dnnl_get_effective_cpu_isa())
  }

  /// Whether primitives for bfloat16 use AMX.
  package static var hasMatrixUnits: Bool { dnnl_get_effective_cpu_isa() == dnnl_cpu_isa_avx512_core_amx }

  /// Whether there are convolutions by Winograd's algorithm, which the library has for AVX-512 alone.
  package static var hasWinograd: Bool { has(dnnl_cpu_isa_avx512_core) }

  /// Whether primitives use AVX2 or more.
  package static var hasAVX2: Bool { has(dnnl_cpu_isa_avx2) }

  /// One bit stands for each extension.
  private static func has(_ isa: dnnl_cpu_isa_t) -> Bool {
    dnnl_get_effective_cpu_isa().rawValue & isa.rawValue == isa.rawValue
  }

  /// The instruction set that primitives are compiled for; results are bit-identical only within one.
  package static var instructionSet: String {
    switch dnnl_get_effective_cpu_isa() {
    case dnnl_cpu_isa_sse41: "sse4.1"
    case dnnl_cpu_isa_avx: "avx"
    case dnnl_cpu_isa_avx2: "avx2"
    case dnnl_cpu_isa_avx2_vnni: "avx2_vnni"
    case dnnl_cpu_isa_avx512_core: "avx512_core"
    case dnnl_cpu_isa_avx512_core_vnni: "avx512_core_vnni"
    case dnnl_cpu_isa_avx512_core_bf16: "avx512_core_bf16"
    case dnnl_cpu_isa_avx512_core_amx: "avx512_core_amx"
    case let other: "isa-\(other.rawValue)"
    }
  }
}
