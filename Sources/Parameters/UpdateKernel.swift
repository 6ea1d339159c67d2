/// An elementwise kernel (`CKernels/updates`) that takes one `Parameters`, its struct in `CKernels/include/parameters.h`,
/// for the whole tensor. Each factor is rounded once to the scalar type.
package struct UpdateKernel<Parameters: BitwiseCopyable & Sendable>: Hashable, Sendable {
  package let kernel: Kernel

  /// - Precondition: `CKernels/updates/list.h` has the name, and `Parameters` is the struct of that kernel.
  package init(named name: String) {
    kernel = Kernel(named: name, parameterSize: MemoryLayout<Parameters>.size, isByRow: false)
  }
}

/// A sum of vectors (`CKernels/rows`) that takes one `Parameters` for each filter, each factor rounded once to the
/// scalar type, and leaves alone the state that it does not need.
///
/// It follows a pass that has left the sums of the weights and gradients in the slice, and writes only what it changes: ‖d‖² and
/// ⟨w, d⟩, and ‖m‖² and ⟨w, m⟩ if it writes m.
package struct RowKernel<Parameters: BitwiseCopyable & Sendable>: Hashable, Sendable {
  package let kernel: Kernel

  /// - Precondition: `CKernels/rows/list.h` has the name, and `Parameters` is the struct of that kernel.
  package init(named name: String) {
    kernel = Kernel(named: name, parameterSize: MemoryLayout<Parameters>.stride, isByRow: true)
  }
}
