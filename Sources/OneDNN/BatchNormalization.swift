import COneDNN

/// Batch normalization with scale and shift, optionally with a fused ReLU after it.
///
/// The variance is the biased one. A fused training pass leaves a mask in the workspace.
package struct BatchNormalization {
  private let tensor: TensorDescriptor
  private let epsilon: Float
  private let flags: UInt32
  private let engine: Engine

  /// - Parameters:
  ///   - tensor: source and destination, with its layout.
  ///   - givenStatistics: whether mean and variance are inputs, which the gradient treats as constants.
  package init(
    _ tensor: TensorDescriptor, epsilon: Float, fusedReLU: Bool, givenStatistics: Bool = false, on engine: Engine
  ) {
    self.tensor = tensor
    self.epsilon = epsilon
    self.engine = engine
    flags =
      dnnl_use_scale.rawValue | dnnl_use_shift.rawValue | (fusedReLU ? dnnl_fuse_norm_relu.rawValue : 0)
      | (givenStatistics ? dnnl_use_global_stats.rawValue : 0)
  }

  /// Computes mean and variance of the batch and stores them as outputs, unless they are given.
  package func forward() throws(OneDNNError) -> PrimitiveDescriptor {
    try forward("a batch normalization", dnnl_forward_training, flags)
  }

  /// Takes mean and variance as given.
  package func inference() throws(OneDNNError) -> PrimitiveDescriptor {
    try forward(
      "a batch normalization for evaluation", dnnl_forward_inference, flags | dnnl_use_global_stats.rawValue)
  }

  package func backward(forward: PrimitiveDescriptor) throws(OneDNNError) -> PrimitiveDescriptor {
    let operation = "a batch normalization's gradient"
    var description = dnnl_batch_normalization_desc_t()
    var (gradient, data) = (tensor.raw, tensor.raw)
    try unsafe OneDNNError.check(
      "describe \(operation)",
      dnnl_batch_normalization_backward_desc_init(&description, dnnl_backward, &gradient, &data, epsilon, flags))
    return try unsafe PrimitiveDescriptor(operation, &description, on: engine, forward: forward)
  }

  private func forward(
    _ operation: String, _ kind: dnnl_prop_kind_t, _ flags: UInt32
  ) throws(OneDNNError) -> PrimitiveDescriptor {
    var description = dnnl_batch_normalization_desc_t()
    var data = tensor.raw
    try unsafe OneDNNError.check(
      "describe \(operation)",
      dnnl_batch_normalization_forward_desc_init(&description, kind, &data, epsilon, flags))
    return try unsafe PrimitiveDescriptor(operation, &description, on: engine)
  }
}
