extension Normalization {
  /// Layer normalization: mean and variance of all activations of a layer, sample by sample, with γ and β per channel
  /// (Ba, Kiros, Hinton 2016, arXiv:1607.06450).
  ///
  /// It is group normalization with one group: PyTorch's `LayerNorm(C)` after a dense layer, `GroupNorm(1, C)` after a
  /// convolution.
  package static let layer = Normalization("layer", .sampleStatistics(groups: .fixed(1)))
}
