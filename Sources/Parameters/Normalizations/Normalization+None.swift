extension Normalization {
  /// y = X w + b: no weight is scale-invariant.
  package static let none = Normalization("none", nil)
}
