import Failures

/// Why an update rule, its penalties, a projection or a schedule cannot be made.
package enum RuleError: ExitCoded, Hashable {
  case unknownRule(String)
  case missing(field: String)
  case outOfRange(field: String, value: Double, accepted: String)
  case l2NotTaken(value: Double, rule: String)
  case weightDecayNotTaken(value: Double, rule: String)

  package var exitCode: Int32 { ExitCode.usage }

  package var description: String {
    switch self {
    case .unknownRule(let name):
      "rule: there is no update rule \"\(name)\"; there are \(UpdateRules.names.joined(separator: ", "))"
    case .missing(let field):
      "\(field) is missing; the rule needs a value"
    case .outOfRange(let field, let value, let accepted):
      "\(field): \(value) is not accepted; it must be \(accepted)"
    case .l2NotTaken(let value, let rule):
      "l2: \(value) has no meaning for the rule \(rule), whose steps hold no penalty; accepted: 0"
    case .weightDecayNotTaken(let value, let rule):
      "weightDecay: \(value) has no meaning for the rule \(rule), which keeps the length of the weights; accepted: 0"
    }
  }

  static func check(_ field: String, _ value: Double, _ range: NumberRange) throws(RuleError) {
    guard range.contains(value) else { throw .outOfRange(field: field, value: value, accepted: range.words) }
  }
}
