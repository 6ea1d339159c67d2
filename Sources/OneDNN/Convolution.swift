import COneDNN

/// A convolution with the same stride and padding along both axes; layouts are the library's choice.
package struct Convolution {
  package enum Algorithm: String, Hashable, Sendable { case direct, winograd }

  private let source: TensorDescriptor
  private let weights: TensorDescriptor
  /// Always float32.
  private let weightsGradient: TensorDescriptor
  private let bias: TensorDescriptor?
  private let destination: TensorDescriptor
  private let stride: [Int64]
  private let padding: Int
  private let engine: Engine

  /// - Parameters:
  ///   - source: extents (NCHW), as of the destination; of the weights OIHW.
  ///   - element: of source, weights, destination and the gradients of source and destination.
  package init(
    source: [Int], weights: [Int], destination: [Int], of element: TensorDescriptor.Element = .float32,
    stride: Int = 1, padding: Int, hasBias: Bool, on engine: Engine
  ) throws(OneDNNError) {
    self.source = try TensorDescriptor(anyLayout: source, of: element)
    self.weights = try TensorDescriptor(anyLayout: weights, of: element)
    weightsGradient = try TensorDescriptor(anyLayout: weights)
    self.destination = try TensorDescriptor(anyLayout: destination, of: element)
    bias = hasBias ? try TensorDescriptor(plain: [weights[0]]) : nil
    self.stride = [Int64](repeating: Int64(stride), count: 2)
    self.padding = padding
    self.engine = engine
  }

  package func forward(_ algorithm: Algorithm) throws(OneDNNError) -> PrimitiveDescriptor {
    try unsafe describe("a convolution", algorithm, weights, forward: nil) {
      description, kind, source, weights, bias, destination, pad in
      unsafe dnnl_convolution_forward_desc_init(
        description, dnnl_forward_training, kind, source, weights, bias, destination, stride, pad, pad)
    }
  }

  package func backwardWeights(
    _ algorithm: Algorithm, forward: PrimitiveDescriptor
  ) throws(OneDNNError) -> PrimitiveDescriptor {
    try unsafe describe("a convolution's weight gradient", algorithm, weightsGradient, forward: forward) {
      description, kind, source, weights, bias, destination, pad in
      unsafe dnnl_convolution_backward_weights_desc_init(
        description, kind, source, weights, bias, destination, stride, pad, pad)
    }
  }

  package func backwardData(
    _ algorithm: Algorithm, forward: PrimitiveDescriptor
  ) throws(OneDNNError) -> PrimitiveDescriptor {
    try unsafe describe("a convolution's source gradient", algorithm, weights, forward: forward) {
      description, kind, source, weights, _, destination, pad in
      unsafe dnnl_convolution_backward_data_desc_init(
        description, kind, source, weights, destination, stride, pad, pad)
    }
  }

  private typealias Tensor = UnsafePointer<dnnl_memory_desc_t>
  private typealias Initialize = (
    UnsafeMutablePointer<dnnl_convolution_desc_t>, dnnl_alg_kind_t, Tensor, Tensor, Tensor?, Tensor, [Int64]
  ) -> dnnl_status_t

  /// Winograd where the library has it for these shapes on this processor, direct otherwise.
  private func describe(
    _ operation: String, _ algorithm: Algorithm, _ weights: TensorDescriptor, forward: PrimitiveDescriptor?,
    _ initialize: Initialize
  ) throws(OneDNNError) -> PrimitiveDescriptor {
    if algorithm == .winograd {
      do {
        return try unsafe make(operation, dnnl_convolution_winograd, weights, forward, initialize)
      } catch  where !error.isUnimplemented {
        throw error
      } catch {}
    }
    return try unsafe make(operation, dnnl_convolution_direct, weights, forward, initialize)
  }

  private func make(
    _ operation: String, _ kind: dnnl_alg_kind_t, _ weights: TensorDescriptor, _ forward: PrimitiveDescriptor?,
    _ initialize: Initialize
  ) throws(OneDNNError) -> PrimitiveDescriptor {
    var description = dnnl_convolution_desc_t()
    var (s, w, d) = (source.raw, weights.raw, destination.raw)
    let pad = [Int64](repeating: Int64(padding), count: 2)
    let status: dnnl_status_t
    if var b = bias?.raw {
      status = unsafe initialize(&description, kind, &s, &w, &b, &d, pad)
    } else {
      status = unsafe initialize(&description, kind, &s, &w, nil, &d, pad)
    }
    try OneDNNError.check("describe \(operation)", status)
    return try unsafe PrimitiveDescriptor(operation, &description, on: engine, forward: forward)
  }
}
