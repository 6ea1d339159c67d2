import COneDNN

/// Two tensors combined elementwise.
package struct Combination {
  package enum Kind: Hashable, Sendable {
    case sum
    /// The first less the second.
    case difference
    case product

    fileprivate var raw: dnnl_alg_kind_t {
      switch self {
      case .sum: dnnl_binary_add
      case .difference: dnnl_binary_sub
      case .product: dnnl_binary_mul
      }
    }
  }

  private let kind: Kind
  private let first: TensorDescriptor
  private let second: TensorDescriptor
  private let engine: Engine

  /// - Parameters:
  ///   - first: the first tensor and the result, with their layout.
  ///   - second: as many dimensions; where its extent is 1, its element applies to all of the first tensor's.
  package init(_ kind: Kind, _ first: TensorDescriptor, _ second: TensorDescriptor, on engine: Engine) {
    self.kind = kind
    self.first = first
    self.second = second
    self.engine = engine
  }

  /// Its arguments are `source`, `second` and `destination`.
  package func forward() throws(OneDNNError) -> PrimitiveDescriptor {
    let operation = "a \(kind)"
    var description = dnnl_binary_desc_t()
    var (a, b, result) = (first.raw, second.raw, first.raw)
    try unsafe OneDNNError.check(
      "describe \(operation)", dnnl_binary_desc_init(&description, kind.raw, &a, &b, &result))
    return try unsafe PrimitiveDescriptor(operation, &description, on: engine)
  }
}
