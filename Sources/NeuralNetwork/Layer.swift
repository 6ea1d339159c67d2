import Parameters

/// A description of one layer of a network; the extents of its input follow from the layers before it.
package enum Layer: Hashable, Sendable {
  /// Cross-correlation with a square kernel of odd size and zero padding of ⌊kernel / 2⌋, which with stride 1 preserves the
  /// image's size.
  case convolution(outputs: Int, kernel: Int, stride: Int = 1)
  /// y = W x + b on a flat vector.
  case dense(outputs: Int)
  /// (x − mean) / √(variance + ε) · γ + β per channel, over samples and positions (Ioffe, Szegedy 2015,
  /// arXiv:1502.03167).
  case batchNormalization(epsilon: Double = Normalization.Settings().epsilon)
  /// (x − mean) / √(variance + ε) · γ + β, for each sample over each group of consecutive channels and all positions, γ
  /// and β per channel (Wu, He 2018, arXiv:1803.08494); with one group it is layer normalization.
  case groupNormalization(groups: Int, epsilon: Double = Normalization.Settings().epsilon)
  /// x / √(mean square + ε) · γ + β, for each sample over all channels and positions, γ and β per channel
  /// (Zhang, Sennrich 2019, arXiv:1910.07467).
  case rmsNormalization(epsilon: Double = Normalization.Settings().epsilon)
  /// γ · (X w) / ‖w‖ + β, w the filter of the layer directly before (Salimans, Kingma 2016, arXiv:1602.07868).
  case weightNormalization
  /// max(0, x).
  case relu
  /// x Φ(x), Φ the normal distribution function (Hendrycks, Gimpel 2016, arXiv:1606.08415).
  case gelu
  /// In training each element is 0 with probability `rate`, and divided by 1 − `rate` otherwise; in evaluations nothing
  /// (Srivastava et al. 2014).
  case dropout(rate: Double)
  /// Hands its input on, and keeps it under this name.
  case save(String)
  /// Adds what was kept under this name; see `Shortcut` for other extents.
  case add(String)
  /// The largest element of each window; padding never wins.
  case maxPool(Window)
  /// The mean of each window; padding counts as zeros.
  case averagePool(Window)
  /// The mean of each channel.
  case globalAveragePool
  /// Channels, rows and columns concatenated, in this order.
  case flatten

  /// The square window of a pooling layer, with its stride and padding.
  package struct Window: Hashable, Sendable {
    package let size: Int
    package let stride: Int
    /// Rows and columns added on every side.
    package let padding: Int

    package init(size: Int, stride: Int, padding: Int = 0) {
      self.size = size
      self.stride = stride
      self.padding = padding
    }

    /// ⌊(extent + 2·padding − size) / stride⌋ + 1: the positions of the window along one axis.
    package func positions(along extent: Int) -> Int { (extent + 2 * padding - size) / stride + 1 }
  }

  /// Whether it multiplies its input with weights.
  var isLinear: Bool {
    switch self {
    case .convolution, .dense: true
    default: false
    }
  }

  /// The name used in error messages.
  package var kind: String {
    switch self {
    case .convolution: "convolution"
    case .dense: "dense"
    case .batchNormalization: "batchNormalization"
    case .groupNormalization: "groupNormalization"
    case .rmsNormalization: "rmsNormalization"
    case .weightNormalization: "weightNormalization"
    case .relu: "relu"
    case .gelu: "gelu"
    case .dropout: "dropout"
    case .save: "save"
    case .add: "add"
    case .maxPool: "maxPool"
    case .averagePool: "averagePool"
    case .globalAveragePool: "globalAveragePool"
    case .flatten: "flatten"
    }
  }
}
