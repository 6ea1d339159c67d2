package import OneDNN
package import Parameters

/// Which algorithm each pass of a convolution uses: a fixed function of the shapes and the instruction set, never of
/// timing, so that all workers round identically.
///
/// Measured with AVX-512, on Zen 4 and on Xeon: Winograd F(4×3) is faster for 3×3 kernels, but not for the few channels of
/// an image, and for the weight gradient only in layers with long sums. For AVX2 the library has none.
package struct ConvolutionAlgorithms: Hashable, Sendable, CustomStringConvertible {
  package let forward: Convolution.Algorithm
  package let backwardWeights: Convolution.Algorithm
  package let backwardData: Convolution.Algorithm

  /// - Parameters:
  ///   - input: extents of the layer's input.
  ///   - isFirst: whether it reads the image.
  ///   - element: of what it reads and writes; the library has no Winograd for bfloat16.
  ///   - hasWinograd: whether the library has it on this processor.
  package init(
    input: ImageShape, outputs: Int, kernel: Int, stride: Int = 1, isFirst: Bool,
    of element: TensorDescriptor.Element = .float32, hasWinograd: Bool = Library.hasWinograd
  ) {
    let pays = hasWinograd && kernel == 3 && stride == 1 && !isFirst && element == .float32
    forward = pays ? .winograd : .direct
    backwardWeights = pays && outputs * input.count >= 1 << 20 ? .winograd : .direct
    backwardData = forward
  }

  /// One letter per pass (forward, backward weights, backward data): d direct, w Winograd.
  package var description: String {
    [forward, backwardWeights, backwardData].map { $0 == .direct ? "d" : "w" }.joined()
  }
}
