extension Normalization {
  /// RMS normalization: y = γ Xw / √(mean square + ε) + β, the mean square that of all activations of a layer, sample by
  /// sample, with γ and β per channel (Zhang, Sennrich 2019, arXiv:1910.07467).
  package static let rms = Normalization("rms", .sampleRMS)
}
