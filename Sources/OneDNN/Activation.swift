import COneDNN

/// A nonlinearity, elementwise.
package struct Activation {
  package enum Kind: Hashable, Sendable {
    /// max(0, x); the backward pass reads the destination, not the source.
    case relu
    /// x Φ(x), Φ the normal distribution function; the backward pass reads the source.
    case gelu

    fileprivate var raw: dnnl_alg_kind_t {
      self == .relu ? dnnl_eltwise_relu_use_dst_for_bwd : dnnl_eltwise_gelu_erf
    }

    fileprivate var operation: String { self == .relu ? "a ReLU" : "a GELU" }
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

  package func forward() throws(OneDNNError) -> PrimitiveDescriptor {
    var description = dnnl_eltwise_desc_t()
    var data = tensor.raw
    try unsafe OneDNNError.check(
      "describe \(kind.operation)",
      dnnl_eltwise_forward_desc_init(&description, dnnl_forward_training, kind.raw, &data, 0, 0))
    return try unsafe PrimitiveDescriptor(kind.operation, &description, on: engine)
  }

  package func backward(forward: PrimitiveDescriptor) throws(OneDNNError) -> PrimitiveDescriptor {
    let operation = "\(kind.operation)'s gradient"
    var description = dnnl_eltwise_desc_t()
    var (gradient, data) = (tensor.raw, tensor.raw)
    try unsafe OneDNNError.check(
      "describe \(operation)", dnnl_eltwise_backward_desc_init(&description, kind.raw, &gradient, &data, 0, 0))
    return try unsafe PrimitiveDescriptor(operation, &description, on: engine, forward: forward)
  }
}
