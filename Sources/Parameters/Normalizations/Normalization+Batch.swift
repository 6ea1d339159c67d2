extension Normalization {
  /// Batch normalization: y = γ (Xw − mean) / √(variance + ε) + β per channel, with the statistics of a microbatch
  /// (Ioffe, Szegedy 2015, arXiv:1502.03167; ghost batches: Hoffer et al. 2017, arXiv:1705.08741).
  package static let batch = Normalization("batch", .batchStatistics)
}
