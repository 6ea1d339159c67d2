package import OneDNN
package import Parameters

/// Which algorithm each pass of a convolution uses: a fixed function of the shapes, never of timing, so that all
/// workers round identically.
///
/// Measured on Zen 4 with AVX-512: Winograd F(4×3) is faster for 3×3 kernels, but not for the few channels of an image,
/// and for the weight gradient only in layers with long sums.
package struct ConvolutionAlgorithms: Hashable, Sendable, CustomStringConvertible {
  package let forward: Convolution.Algorithm
  package let backwardWeights: Convolution.Algorithm
  package let backwardData: Convolution.Algorithm

  /// - Parameters:
  ///   - input: extents of the layer's input.
  ///   - isFirst: whether it reads the image.
  ///   - element: of what it reads and writes; the library has no Winograd for bfloat16.
  package init(
    input: ImageShape, outputs: Int, kernel: Int, stride: Int = 1, isFirst: Bool,
    of element: TensorDescriptor.Element = .float32
  ) {
    let pays = kernel == 3 && stride == 1 && !isFirst && element == .float32
    forward = pays ? .winograd : .direct
    backwardWeights = pays && outputs * input.count >= 1 << 20 ? .winograd : .direct
    backwardData = forward
  }

  /// One letter per pass (forward, backward weights, backward data): d direct, w Winograd.
  package var description: String {
    [forward, backwardWeights, backwardData].map { $0 == .direct ? "d" : "w" }.joined()
  }
}
