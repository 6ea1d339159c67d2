import CKernels
package import OneDNN

extension Backends.Activations {
  /// The element type of the tensors that convolutions and dense layers read and write, which is not always that of the tensors
  /// between layers.
  ///
  /// In bfloat16 on Intel's processors without AMX it is float32: their instructions for bfloat16 multiply half as fast, and the
  /// library has no Winograd for them. The numbers that are multiplied are rounded to bfloat16 all the same, and so are the
  /// results. (AMD's multiply bfloat16 twice as fast as float32.)
  package var productElement: TensorDescriptor.Element {
    let halves = self == .bfloat16 && (Library.hasMatrixUnits || tare_processor_is_intel() == 0)
    return halves ? .bfloat16 : .float32
  }
}
