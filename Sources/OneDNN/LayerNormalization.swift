import COneDNN

/// (x − mean) / √(variance + ε) along each row of a matrix; the variance is the biased one. No scale, no shift.
package struct LayerNormalization {
  /// rows × length, plain.
  package let matrix: TensorDescriptor
  /// One element per row.
  package let statistics: TensorDescriptor
  private let epsilon: Float
  private let engine: Engine

  package init(rows: Int, length: Int, epsilon: Float, on engine: Engine) throws(OneDNNError) {
    matrix = try TensorDescriptor(plain: [rows, length])
    statistics = try TensorDescriptor(plain: [rows])
    self.epsilon = epsilon
    self.engine = engine
  }

  /// Computes mean and variance of the rows and stores them as outputs.
  package func forward() throws(OneDNNError) -> PrimitiveDescriptor {
    let operation = "a layer normalization"
    var description = dnnl_layer_normalization_desc_t()
    var (data, moments) = (matrix.raw, statistics.raw)
    try unsafe OneDNNError.check(
      "describe \(operation)",
      dnnl_layer_normalization_forward_desc_init(
        &description, dnnl_forward_training, &data, &moments, epsilon, dnnl_normalization_flags_none.rawValue))
    return try unsafe PrimitiveDescriptor(operation, &description, on: engine)
  }

  package func backward(forward: PrimitiveDescriptor) throws(OneDNNError) -> PrimitiveDescriptor {
    let operation = "a layer normalization's gradient"
    var description = dnnl_layer_normalization_desc_t()
    var (gradient, data, moments) = (matrix.raw, matrix.raw, statistics.raw)
    try unsafe OneDNNError.check(
      "describe \(operation)",
      dnnl_layer_normalization_backward_desc_init(
        &description, dnnl_backward_data, &gradient, &data, &moments, epsilon,
        dnnl_normalization_flags_none.rawValue))
    return try unsafe PrimitiveDescriptor(operation, &description, on: engine, forward: forward)
  }
}
