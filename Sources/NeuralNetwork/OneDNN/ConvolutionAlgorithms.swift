package import OneDNN
package import Parameters

/// Which algorithm each pass of a convolution uses: a fixed function of the shapes and the instruction set, never of
/// timing, so that all workers round identically.
///
/// Measured with AVX-512, on Zen 4 and on Xeon: the library's Winograd F(4×3) is faster for 3×3 kernels, but not for the few
/// channels of an image, and for the weight gradient only in layers with long sums. Measured with AVX2, on Zen 4: with 32
/// channels or more, Tare's own is faster in all passes. bfloat16 is multiplied directly.
package struct ConvolutionAlgorithms: Hashable, Sendable, CustomStringConvertible {
  package let forward: Convolution.Algorithm
  package let backwardWeights: Convolution.Algorithm
  package let backwardData: Convolution.Algorithm
  /// Whether all passes use Tare's own Winograd: see `OneDNNWinograd`.
  package let areOwn: Bool

  /// Who has Winograd's algorithm for a processor.
  package enum Winograd: Hashable, Sendable {
    case library
    /// See `OneDNNWinograd`.
    case own

    package static var current: Winograd? { Library.hasWinograd ? .library : Library.hasAVX2 ? .own : nil }
  }

  /// - Parameters:
  ///   - input: extents of the layer's input.
  ///   - isFirst: whether it reads the image.
  package init(
    input: ImageShape, outputs: Int, kernel: Int, stride: Int, hasBias: Bool, isFirst: Bool,
    _ settings: Backends.Settings
  ) {
    let fits = kernel == 3 && stride == 1 && !isFirst && settings.productElement == .float32
    let channels = [input.channels, outputs]
    areOwn =
      fits && settings.winograd == .own && settings.activations == .full && !hasBias
      && channels.allSatisfy { $0 >= 32 && $0.isMultiple(of: WinogradShape.block) }
    let pays = areOwn || fits && settings.winograd == .library
    forward = pays ? .winograd : .direct
    backwardWeights = pays && (areOwn || outputs * input.count >= 1 << 20) ? .winograd : .direct
    backwardData = forward
  }

  /// One letter per pass (forward, backward weights, backward data): d direct, w Winograd.
  package var description: String {
    [forward, backwardWeights, backwardData].map { $0 == .direct ? "d" : "w" }.joined()
  }
}
