import COneDNN

/// A dense layer, destination = source · weightsᵀ + bias; the destination is plain, and in float32 the weights' gradient; the
/// other layouts are the library's choice, but for weights that are to be plain. Its own for that gradient would be no faster, and
/// a copy would follow.
package struct InnerProduct {
  private let source: TensorDescriptor
  private let weights: TensorDescriptor
  /// Always float32.
  private let weightsGradient: TensorDescriptor
  private let bias: TensorDescriptor?
  private let destination: TensorDescriptor
  private let engine: Engine

  /// - Parameters: extents of the source ([batch, inputs] or NCHW), the weights ([outputs, inputs] or OIHW) and the
  ///   destination ([batch, outputs]); the element type of all of them and of the gradients of source and destination; whether
  ///   the weights are plain.
  package init(
    source: [Int], weights: [Int], destination: [Int], of element: TensorDescriptor.Element = .float32, hasBias: Bool,
    plainWeights: Bool = false, on engine: Engine
  ) throws(OneDNNError) {
    self.source = try TensorDescriptor(anyLayout: source, of: element)
    self.weights =
      plainWeights
      ? try TensorDescriptor(plain: weights, of: element) : try TensorDescriptor(anyLayout: weights, of: element)
    weightsGradient =
      element == .float32 ? try TensorDescriptor(plain: weights) : try TensorDescriptor(anyLayout: weights)
    self.destination = try TensorDescriptor(plain: destination, of: element)
    bias = hasBias ? try TensorDescriptor(plain: [weights[0]]) : nil
    self.engine = engine
  }

  package func forward() throws(OneDNNError) -> PrimitiveDescriptor {
    try unsafe describe("a dense layer", weights, forward: nil) { description, source, weights, bias, destination in
      unsafe dnnl_inner_product_forward_desc_init(
        description, dnnl_forward_training, source, weights, bias, destination)
    }
  }

  package func backwardWeights(forward: PrimitiveDescriptor) throws(OneDNNError) -> PrimitiveDescriptor {
    try unsafe describe("a dense layer's weight gradient", weightsGradient, forward: forward) {
      description, source, weights, bias, destination in
      unsafe dnnl_inner_product_backward_weights_desc_init(description, source, weights, bias, destination)
    }
  }

  package func backwardData(forward: PrimitiveDescriptor) throws(OneDNNError) -> PrimitiveDescriptor {
    try unsafe describe("a dense layer's source gradient", weights, forward: forward) {
      description, source, weights, _, destination in
      unsafe dnnl_inner_product_backward_data_desc_init(description, source, weights, destination)
    }
  }

  private typealias Tensor = UnsafePointer<dnnl_memory_desc_t>
  private typealias Initialize = (
    UnsafeMutablePointer<dnnl_inner_product_desc_t>, Tensor, Tensor, Tensor?, Tensor
  ) -> dnnl_status_t

  private func describe(
    _ operation: String, _ weights: TensorDescriptor, forward: PrimitiveDescriptor?, _ initialize: Initialize
  ) throws(OneDNNError) -> PrimitiveDescriptor {
    var description = dnnl_inner_product_desc_t()
    var (s, w, d) = (source.raw, weights.raw, destination.raw)
    let status: dnnl_status_t
    if var b = bias?.raw {
      status = unsafe initialize(&description, &s, &w, &b, &d)
    } else {
      status = unsafe initialize(&description, &s, &w, nil, &d)
    }
    try OneDNNError.check("describe \(operation)", status)
    return try unsafe PrimitiveDescriptor(operation, &description, on: engine, forward: forward)
  }
}
