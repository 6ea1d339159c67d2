extension Normalization {
  /// Group normalization: mean and variance of each group of channels, sample by sample, with γ and β per channel
  /// (Wu, He 2018, arXiv:1803.08494).
  package static let group = Normalization("group", .sampleStatistics(groups: .given))
}
