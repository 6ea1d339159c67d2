/// The kind of evidence that a claim needs.
package enum ClaimGroup: String, Hashable, Sendable, Codable, CaseIterable {
  /// Exact: one deterministic run decides.
  case exact = "A"
  /// Equilibrium: averages over thousands of steps and several seeds.
  case equilibrium = "B"
  /// Outcome: test errors over many seeds.
  case outcome = "C"
}
