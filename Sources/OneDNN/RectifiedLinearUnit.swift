import COneDNN

/// max(0, x), elementwise; the backward pass reads the destination, not the source.
package struct RectifiedLinearUnit {
  private let tensor: TensorDescriptor
  private let engine: Engine

  /// - Parameter tensor: source and destination, with its layout.
  package init(_ tensor: TensorDescriptor, on engine: Engine) {
    self.tensor = tensor
    self.engine = engine
  }

  package func forward() throws(OneDNNError) -> PrimitiveDescriptor {
    let operation = "a ReLU"
    var description = dnnl_eltwise_desc_t()
    var data = tensor.raw
    try unsafe OneDNNError.check(
      "describe \(operation)",
      dnnl_eltwise_forward_desc_init(
        &description, dnnl_forward_training, dnnl_eltwise_relu_use_dst_for_bwd, &data, 0, 0))
    return try unsafe PrimitiveDescriptor(operation, &description, on: engine)
  }

  package func backward(forward: PrimitiveDescriptor) throws(OneDNNError) -> PrimitiveDescriptor {
    let operation = "a ReLU's gradient"
    var description = dnnl_eltwise_desc_t()
    var (gradient, data) = (tensor.raw, tensor.raw)
    try unsafe OneDNNError.check(
      "describe \(operation)",
      dnnl_eltwise_backward_desc_init(
        &description, dnnl_eltwise_relu_use_dst_for_bwd, &gradient, &data, 0, 0))
    return try unsafe PrimitiveDescriptor(operation, &description, on: engine, forward: forward)
  }
}
