import Failures

/// A spec, plan or flag that cannot be run: one sentence for the person who wrote it.
package struct SpecError: ExitCoded, Hashable, Sendable {
  /// `ExitCode.usage`, but for a file that holds no spec.
  package let exitCode: Int32
  /// Dotted path of the field at fault, if there is one.
  package let field: String?
  /// Names the field, its value, and what is accepted.
  package let sentence: String
  /// Where the value was written, such as `plan.yaml line 3`, if that is known.
  package let origin: String?
  package let suggestion: Suggestion?

  /// What would help; whoever shows the error knows the command for it.
  package enum Suggestion: Hashable, Sendable {
    /// Look at the list of all fields.
    case listFields
    /// Give the field, by its flag.
    case giveField
    /// Name the folder of the whole sweep.
    case nameSweepFolder
  }

  package init(
    field: String?, _ sentence: String, origin: String? = nil, suggestion: Suggestion? = nil,
    exitCode: Int32 = ExitCode.usage
  ) {
    self.exitCode = exitCode
    self.field = field
    self.sentence = sentence
    self.origin = origin
    self.suggestion = suggestion
  }

  package var description: String { origin.map { "\($0): \(sentence)" } ?? sentence }

  /// A name that is none of `accepted`, with the nearest that is.
  package static func unknown(_ what: String, _ name: String, accepted: [String], field: String? = nil) -> SpecError {
    SpecError(field: field, NearestName.refusal(of: what, name, accepted: accepted))
  }

  /// The same with where it was written, unless that is known already.
  package func placed(at origin: String?) -> SpecError {
    SpecError(field: field, sentence, origin: self.origin ?? origin, suggestion: suggestion, exitCode: exitCode)
  }

  /// The same in other words.
  package func saying(_ sentence: String) -> SpecError {
    SpecError(field: field, sentence, origin: origin, exitCode: exitCode)
  }
}
