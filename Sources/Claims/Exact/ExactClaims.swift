extension Claims {
  /// Group A.
  static let exact: [any Claim] = []
}
