import COneDNN

/// A function of each element and a constant, forward only.
package struct Elementwise {
  package enum Kind: Hashable, Sendable {
    /// x + c.
    case plus(Float)
    /// xᶜ.
    case power(Float)
  }

  private let kind: Kind
  private let tensor: TensorDescriptor
  private let engine: Engine

  /// - Parameter tensor: source and destination, with its layout.
  package init(_ kind: Kind, _ tensor: TensorDescriptor, on engine: Engine) {
    self.kind = kind
    self.tensor = tensor
    self.engine = engine
  }

  /// Its arguments are `source` and `destination`.
  package func forward() throws(OneDNNError) -> PrimitiveDescriptor {
    let operation = "an elementwise function"
    // The library's linear function is αx + β, its power αxᵝ.
    let (algorithm, constant) =
      switch kind {
      case .plus(let constant): (dnnl_eltwise_linear, constant)
      case .power(let constant): (dnnl_eltwise_pow, constant)
      }
    var description = dnnl_eltwise_desc_t()
    var data = tensor.raw
    try unsafe OneDNNError.check(
      "describe \(operation)",
      dnnl_eltwise_forward_desc_init(&description, dnnl_forward_inference, algorithm, &data, 1, constant))
    return try unsafe PrimitiveDescriptor(operation, &description, on: engine)
  }
}
