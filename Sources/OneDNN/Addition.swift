import COneDNN

/// The sum of two tensors of the same extents and layout.
package struct Addition {
  private let tensor: TensorDescriptor
  private let engine: Engine

  /// - Parameter tensor: both sources and the destination, with their layout.
  package init(_ tensor: TensorDescriptor, on engine: Engine) {
    self.tensor = tensor
    self.engine = engine
  }

  /// Its arguments are `source`, `addend` and `destination`.
  package func forward() throws(OneDNNError) -> PrimitiveDescriptor {
    let operation = "an addition"
    var description = dnnl_binary_desc_t()
    var (a, b, sum) = (tensor.raw, tensor.raw, tensor.raw)
    try unsafe OneDNNError.check(
      "describe \(operation)", dnnl_binary_desc_init(&description, dnnl_binary_add, &a, &b, &sum))
    return try unsafe PrimitiveDescriptor(operation, &description, on: engine)
  }
}
