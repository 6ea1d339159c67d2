extension Normalization: CaseIterable {
  /// All normalizations, in the order of the help text.
  package static let allCases: [Normalization] = [.none, .batch, .weight, .layer, .group, .rms]
}
