extension Normalization: CaseIterable {
  /// The normalisations there are, in the order of help.
  package static let allCases: [Normalization] = [.none, .batch, .weight, .layer, .group]
}
