/// An invalid flag, argument or folder: one sentence for the user.
package struct UsageError: ExitCoded, Hashable, Sendable {
  package let exitCode: Int32
  /// The flag or argument at fault, without dashes.
  package let field: String?
  /// Names the field, its value, and what is accepted.
  package let description: String

  package init(field: String?, _ sentence: String, exitCode: Int32 = ExitCode.usage) {
    self.exitCode = exitCode
    self.field = field
    description = sentence
  }

  /// A name that is not in `accepted`, with the nearest accepted name.
  package static func unknown(_ what: String, _ name: String, accepted: [String], field: String? = nil) -> UsageError {
    UsageError(field: field, NearestName.refusal(of: what, name, accepted: accepted))
  }
}
