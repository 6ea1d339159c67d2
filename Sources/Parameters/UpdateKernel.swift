import CKernels

/// An update that exists as a C kernel, found by its name there: elementwise with coefficients for the whole tensor, or
/// a sum of vectors with coefficients for each filter ("by row").
package struct UpdateKernel: Hashable, Sendable {
  let number: Int32

  /// What a kernel leaves in the buffer of the new weights.
  package enum Result: Hashable, Sendable {
    case weights
    /// A direction p, of which a later pass makes weights.
    case direction
  }

  /// - Precondition: `CKernels/updates/list.h` or `CKernels/rows/list.h` has the name.
  package init(named name: String) {
    number = unsafe tare_update_named(name)
    precondition(number >= 0, "there is no update kernel \(name)")
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

  /// Whether it takes coefficients for each filter, and leaves alone the state that it does not need.
  package var isByRow: Bool { tare_update_is_by_row(number) != 0 }

  /// Tensors of optimizer state that the kernel reads and writes.
  package var stateCount: Int { Int(tare_update_state_count(number)) }

  /// Numbers that the kernel takes, for the tensor or for each filter.
  package var coefficientCount: Int { Int(tare_update_coefficient_count(number)) }

  func check<Scalar>(_ slice: TensorSlice<Scalar>, _ coefficients: [Double]) {
    precondition(MemoryLayout<FilterSums>.stride == Int(tare_sum_count) * MemoryLayout<Double>.stride)
    precondition(
      coefficients.count == coefficientCount * (isByRow ? slice.filters : 1),
      "the kernel takes \(coefficientCount) coefficients")
    let optimizerState = unsafe slice.optimizerState.count
    precondition(
      isByRow ? optimizerState >= stateCount : optimizerState == stateCount,
      "the kernel has \(stateCount) tensors of optimizer state")
    unsafe precondition(UnsafePointer(slice.updated) != slice.old, "new weights go into another buffer")
  }
}
