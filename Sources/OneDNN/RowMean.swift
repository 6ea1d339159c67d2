import COneDNN

/// The mean of each row of a matrix.
package struct RowMean {
  private let matrix: TensorDescriptor
  private let column: TensorDescriptor
  private let engine: Engine

  /// - Parameters:
  ///   - matrix: rows × length, plain.
  ///   - column: rows × 1, plain.
  package init(_ matrix: TensorDescriptor, into column: TensorDescriptor, on engine: Engine) {
    self.matrix = matrix
    self.column = column
    self.engine = engine
  }

  /// Its arguments are `source` and `destination`.
  package func forward() throws(OneDNNError) -> PrimitiveDescriptor {
    let operation = "a mean of rows"
    var description = dnnl_reduction_desc_t()
    var (source, destination) = (matrix.raw, column.raw)
    try unsafe OneDNNError.check(
      "describe \(operation)",
      dnnl_reduction_desc_init(&description, dnnl_reduction_mean, &source, &destination, 0, 0))
    return try unsafe PrimitiveDescriptor(operation, &description, on: engine)
  }
}
