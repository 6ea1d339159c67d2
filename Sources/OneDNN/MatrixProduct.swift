import COneDNN

/// The product of two matrices: destination [m, n] = source [m, k] · weights [k, n], in the layouts given. With a first extent
/// more, as many products.
package struct MatrixProduct {
  private let source: TensorDescriptor
  private let weights: TensorDescriptor
  private let destination: TensorDescriptor
  private let accumulates: Bool
  private let engine: Engine

  /// - Parameter accumulates: whether the product is added to what the destination holds.
  package init(
    source: TensorDescriptor, weights: TensorDescriptor, destination: TensorDescriptor, accumulates: Bool = false,
    on engine: Engine
  ) {
    (self.source, self.weights, self.destination, self.engine) = (source, weights, destination, engine)
    self.accumulates = accumulates
  }

  package func forward() throws(OneDNNError) -> PrimitiveDescriptor {
    var description = dnnl_matmul_desc_t()
    var (s, w, d) = (source.raw, weights.raw, destination.raw)
    let operation = "a product of matrices"
    try unsafe OneDNNError.check(
      "describe \(operation)", dnnl_matmul_desc_init(&description, &s, &w, nil, &d))
    return try unsafe PrimitiveDescriptor(operation, &description, on: engine, accumulates: accumulates)
  }
}
