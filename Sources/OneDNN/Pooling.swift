import COneDNN

/// Max or average pooling over windows.
package struct Pooling {
  package enum Algorithm: Hashable, Sendable {
    case max
    /// The mean over the whole window; padding counts as zeros.
    case average
  }

  private let kind: dnnl_alg_kind_t
  private let source: TensorDescriptor
  private let extents: [Int]
  private let window: [Int64]
  private let stride: [Int64]
  private let before: [Int64]
  private let after: [Int64]
  private let engine: Engine

  /// - Parameters:
  ///   - source: NCHW extents and their layout.
  ///   - extents: of the destination, NCHW; its layout is the library's choice.
  ///   - window: height and width, as are `stride` and `padding` (before the first row and column).
  package init(
    _ algorithm: Algorithm, source: TensorDescriptor, destination extents: [Int], window: [Int], stride: [Int],
    padding: [Int], on engine: Engine
  ) {
    kind = algorithm == .max ? dnnl_pooling_max : dnnl_pooling_avg_include_padding
    self.source = source
    self.extents = extents
    self.window = window.map(Int64.init)
    self.stride = stride.map(Int64.init)
    before = padding.map(Int64.init)
    // How far the last window extends beyond the source; less than `padding` where the stride does not divide evenly.
    after = (0..<2).map { axis in
      let reach = (extents[axis + 2] - 1) * stride[axis] + window[axis]
      return Int64(max(0, reach - source.extents[axis + 2] - padding[axis]))
    }
    self.engine = engine
  }

  package func forward() throws(OneDNNError) -> PrimitiveDescriptor {
    let operation = "a pooling"
    var description = dnnl_pooling_desc_t()
    var (from, to) = (source.raw, try TensorDescriptor(anyLayout: extents, of: source.element).raw)
    try unsafe OneDNNError.check(
      "describe \(operation)",
      dnnl_pooling_forward_desc_init(
        &description, dnnl_forward_training, kind, &from, &to, stride, window, before, after))
    return try unsafe PrimitiveDescriptor(operation, &description, on: engine)
  }

  /// The gradient uses the layouts of the forward pass.
  package func backward(forward: PrimitiveDescriptor) throws(OneDNNError) -> PrimitiveDescriptor {
    let operation = "a pooling's gradient"
    var description = dnnl_pooling_desc_t()
    var (from, to) = (source.raw, forward.destination.raw)
    try unsafe OneDNNError.check(
      "describe \(operation)",
      dnnl_pooling_backward_desc_init(&description, kind, &from, &to, stride, window, before, after))
    return try unsafe PrimitiveDescriptor(operation, &description, on: engine, forward: forward)
  }
}
