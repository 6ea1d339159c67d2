/// A spec, plan or flag that cannot be run: one sentence for the person who wrote it.
package struct SpecError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Exit code: 64, wrong usage (`EX_USAGE` of sysexits.h).
  package let exitCode: Int32
  /// Dotted path of the field at fault, if there is one.
  package let field: String?
  /// Names the field, its value, and what is accepted.
  package let sentence: String
  /// Where the value was written, such as `plan.yaml line 3`, if that is known.
  package let origin: String?

  package init(field: String?, _ sentence: String, origin: String? = nil, exitCode: Int32 = 64) {
    self.exitCode = exitCode
    self.field = field
    self.sentence = sentence
    self.origin = origin
  }

  package var description: String { origin.map { "\($0): \(sentence)" } ?? sentence }

  /// A name that is none of `accepted`, with the nearest that is.
  package static func unknown(_ what: String, _ name: String, accepted: [String], field: String? = nil) -> SpecError {
    let suggestion = NearestName.of(name, in: accepted).map { "; did you mean \"\($0)\"?" } ?? "."
    return SpecError(
      field: field, "\(what) \"\(name)\" is unknown\(suggestion) Accepted: \(accepted.joined(separator: ", ")).")
  }

  /// The same with where it was written, unless that is known already.
  package func placed(at origin: String?) -> SpecError {
    SpecError(field: field, sentence, origin: self.origin ?? origin, exitCode: exitCode)
  }
}
