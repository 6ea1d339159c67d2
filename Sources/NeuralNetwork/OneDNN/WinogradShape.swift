import CKernels
import OneDNN
import Parameters

/// A convolution of 3×3 with stride 1 and padding 1 by Winograd's algorithm F(4×4, 3×3), which multiplies a quarter as often:
/// y = Aᵀ[(G w Gᵀ) ⊙ (Bᵀ x B)]A for tiles of 4×4 pixels. Summed over channels, ⊙ is 36 products of matrices.
///
/// - Source: Lavin, Gray, *Fast algorithms for convolutional neural networks*, 2016.
struct WinogradShape {
  let inputs: Int
  let outputs: Int
  /// Of the images that are transformed at a time.
  let samples: Int
  let height: Int
  let width: Int

  /// Channels are multiples of it.
  static var block: Int { Int(tare_winograd_block) }
  private static var matrices: Int { Int(tare_winograd_matrices) }

  /// The samples in parts of about equal size: so small that near caches keep the matrices of a part's images, about, but not
  /// so small that reading those of the filters again for each part takes longer.
  static func parts(of samples: Int, _ shape: ImageShape, outputs: Int) -> [Range<Int>] {
    let all = WinogradShape(
      inputs: shape.channels, outputs: outputs, samples: samples, height: shape.height, width: shape.width)
    let elements = max(1 << 20, matrices * shape.channels * outputs)
    let count = (matrices * all.tiles * (shape.channels + outputs) + elements / 2) / elements
    let parts = min(samples, max(1, count))
    return (0..<parts).map { samples * $0 / parts..<samples * ($0 + 1) / parts }
  }

  func images(of channels: Int) -> tare_images {
    tare_images(samples: samples, channels: channels, height: height, width: width)
  }

  var filters: tare_filters { tare_filters(outputs: outputs, inputs: inputs) }

  private var tiles: Int {
    var images = images(of: Self.block)
    return unsafe tare_winograd_tiles(&images)
  }

  /// [36, tile, channel]; transposed [36, channel, tile] in the same memory.
  func imageMatrices(of channels: Int, transposed: Bool = false) throws(OneDNNError) -> TensorDescriptor {
    var images = images(of: channels)
    return try Self.matrices(tiles, channels, unsafe tare_winograd_image_matrix(&images), transposed)
  }

  /// [36, output, input]; transposed [36, input, output] in the same memory.
  func filterMatrices(transposed: Bool = false) throws(OneDNNError) -> TensorDescriptor {
    var filters = filters
    return try Self.matrices(outputs, inputs, unsafe tare_winograd_filter_matrix(&filters), transposed)
  }

  /// - Parameter rows: of what is not transposed.
  private static func matrices(
    _ rows: Int, _ columns: Int, _ stride: Int, _ transposed: Bool
  ) throws(OneDNNError) -> TensorDescriptor {
    let extents = transposed ? (columns, rows) : (rows, columns)
    return try TensorDescriptor(
      matrices: matrices, rows: extents.0, columns: extents.1, stride: stride, transposed: transposed)
  }
}
