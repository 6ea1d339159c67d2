import COneDNN

/// The product of two matrices: destination [m, n] = source [m, k] · weights [k, n], in the layouts given.
package struct MatrixProduct {
  private let source: TensorDescriptor
  private let weights: TensorDescriptor
  private let destination: TensorDescriptor
  private let engine: Engine

  package init(
    source: TensorDescriptor, weights: TensorDescriptor, destination: TensorDescriptor, on engine: Engine
  ) {
    (self.source, self.weights, self.destination, self.engine) = (source, weights, destination, engine)
  }

  package func forward() throws(OneDNNError) -> PrimitiveDescriptor {
    var description = dnnl_matmul_desc_t()
    var (s, w, d) = (source.raw, weights.raw, destination.raw)
    let operation = "a product of matrices"
    try unsafe OneDNNError.check(
      "describe \(operation)", dnnl_matmul_desc_init(&description, &s, &w, nil, &d))
    return try unsafe PrimitiveDescriptor(operation, &description, on: engine)
  }
}
