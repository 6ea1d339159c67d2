/// Why an update rule, its penalties, a projection or a schedule cannot be made.
package enum RuleError: Error, Hashable, CustomStringConvertible {
  case unknownRule(String)
  case outOfRange(field: String, value: Double, accepted: String)
  case l2NotTaken(value: Double, rule: String)

  package var description: String {
    switch self {
    case .unknownRule(let name):
      "rule: there is no update rule \"\(name)\"; there are \(UpdateRules.names.joined(separator: ", "))"
    case .outOfRange(let field, let value, let accepted):
      "\(field): \(value) is not accepted; it must be \(accepted)"
    case .l2NotTaken(let value, let rule):
      "l2: \(value) has no meaning for the rule \(rule), whose decay is decoupled; give weightDecay, or l2 with adam"
    }
  }

  static func check(
    _ field: String, _ value: Double, _ accepted: String, _ holds: (Double) -> Bool
  ) throws(RuleError) {
    guard value.isFinite, holds(value) else { throw .outOfRange(field: field, value: value, accepted: accepted) }
  }

  /// For averages of the past: 0 forgets at once, 1 would never learn.
  static func checkRetained(_ field: String, _ value: Double) throws(RuleError) {
    try check(field, value, "at least 0 and below 1") { 0 <= $0 && $0 < 1 }
  }
}
