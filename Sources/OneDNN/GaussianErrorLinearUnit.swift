import COneDNN

/// x Φ(x), elementwise, Φ the normal distribution function; the backward pass reads the source.
package struct GaussianErrorLinearUnit {
  private let tensor: TensorDescriptor
  private let engine: Engine

  /// - Parameter tensor: source and destination, with its layout.
  package init(_ tensor: TensorDescriptor, on engine: Engine) {
    self.tensor = tensor
    self.engine = engine
  }

  package func forward() throws(OneDNNError) -> PrimitiveDescriptor {
    let operation = "a GELU"
    var description = dnnl_eltwise_desc_t()
    var data = tensor.raw
    try unsafe OneDNNError.check(
      "describe \(operation)",
      dnnl_eltwise_forward_desc_init(&description, dnnl_forward_training, dnnl_eltwise_gelu_erf, &data, 0, 0))
    return try unsafe PrimitiveDescriptor(operation, &description, on: engine)
  }

  package func backward(forward: PrimitiveDescriptor) throws(OneDNNError) -> PrimitiveDescriptor {
    let operation = "a GELU's gradient"
    var description = dnnl_eltwise_desc_t()
    var (gradient, data) = (tensor.raw, tensor.raw)
    try unsafe OneDNNError.check(
      "describe \(operation)",
      dnnl_eltwise_backward_desc_init(&description, dnnl_eltwise_gelu_erf, &gradient, &data, 0, 0))
    return try unsafe PrimitiveDescriptor(operation, &description, on: engine, forward: forward)
  }
}
