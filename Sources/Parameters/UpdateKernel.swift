import CKernels

/// An elementwise update that exists as a C kernel, found by its name there.
package struct UpdateKernel: Hashable, Sendable {
  let number: Int32

  /// - Precondition: `CKernels/updates/list.h` has the name.
  package init(named name: String) {
    number = unsafe tare_update_named(name)
    precondition(number >= 0, "there is no update kernel \(name)")
  }

  /// Tensors of memory that the kernel reads and writes.
  package var memoryCount: Int { Int(tare_update_memory_count(number)) }

  /// Numbers that the kernel takes.
  package var coefficientCount: Int { Int(tare_update_coefficient_count(number)) }

  func check<Scalar>(_ slice: TensorSlice<Scalar>, _ coefficients: [Double]) {
    precondition(MemoryLayout<FilterSums>.stride == Int(tare_sum_count) * MemoryLayout<Double>.stride)
    precondition(coefficients.count == coefficientCount, "the kernel takes \(coefficientCount) coefficients")
    unsafe precondition(slice.memory.count == memoryCount, "the kernel has \(memoryCount) tensors of memory")
    unsafe precondition(UnsafePointer(slice.updated) != slice.old, "new weights go into another buffer")
  }
}
