import CKernels

/// An update that exists as a C kernel, found by its name there.
package struct Kernel: Hashable, Sendable {
  let number: Int32

  /// What a kernel leaves in the buffer of the new weights.
  package enum Result: Hashable, Sendable {
    case weights
    /// A direction p, of which a later pass makes weights.
    case direction
  }

  /// - Precondition: `CKernels/updates/list.h` or, for one by row, `CKernels/rows/list.h` has the name, and its struct of
  ///   parameters has that size.
  init(named name: String, parameterSize: Int, isByRow: Bool) {
    number = unsafe tare_update_named(name)
    precondition(number >= 0, "there is no kernel \(name)")
    precondition((tare_update_is_by_row(number) != 0) == isByRow, "kernel \(name) is in the other list")
    precondition(tare_update_parameter_size(number) == parameterSize, "kernel \(name) has other parameters")
  }

  /// The names of all kernels.
  package static let names: [String] = {
    var (names, next): ([String], _) = unsafe ([], tare_update_names())
    while let name = unsafe next.pointee {
      unsafe names.append(String(cString: name))
      unsafe next += 1
    }
    return names
  }()

  /// Tensors of optimizer state that the kernel reads and writes.
  package var stateCount: Int { Int(tare_update_state_count(number)) }

  func check<Scalar>(_ slice: TensorSlice<Scalar>) {
    precondition(MemoryLayout<FilterSums>.stride == Int(tare_sum_count) * MemoryLayout<Double>.stride)
    let optimizerState = unsafe slice.optimizerState.count
    precondition(
      tare_update_is_by_row(number) != 0 ? optimizerState >= stateCount : optimizerState == stateCount,
      "the kernel has \(stateCount) tensors of optimizer state")
    unsafe precondition(UnsafePointer(slice.updated) != slice.old, "new weights go into another buffer")
  }
}
