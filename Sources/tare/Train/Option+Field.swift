import ArgumentParser
import Specification

extension Option where Value == Assignment? {
  /// The flag of a field; names, help and accepted values come from the field table.
  ///
  /// Whatever follows is the value, so that `--lr -1` gets the sentence about rates that are not positive.
  ///
  /// - Parameter fallback: what help says of a flag that is not given, where it is not the field's default.
  init(field path: String, fallback: String? = nil) {
    let field = SpecField.flagged(path)
    self.init(
      name: field.flagNames, parsing: .unconditional, help: field.flagHelp(fallback: fallback),
      completion: field.completion,
      transform: { Assignment(path: path, value: .text($0)).located() })
  }
}

extension Option where Value == [Assignment] {
  /// The flag of a list field, which may be given several times.
  init(wrappedValue: [Assignment], field path: String) {
    let field = SpecField.flagged(path)
    self.init(
      wrappedValue: wrappedValue, name: field.flagNames, parsing: .unconditionalSingleValue, help: field.flagHelp(),
      completion: field.completion,
      transform: { Assignment(path: path, value: .text($0)).located() })
  }
}

extension Flag where Value == Bool {
  /// The flag of a true-or-false field, which sets it to true.
  init(wrappedValue: Bool, field path: String) {
    let field = SpecField.flagged(path)
    self.init(wrappedValue: wrappedValue, name: field.flagNames, help: ArgumentHelp(stringLiteral: field.help))
  }
}

extension SpecField {
  fileprivate static func flagged(_ path: String) -> SpecField {
    guard let field = all.first(where: { $0.path == path }), !field.flags.isEmpty else {
      preconditionFailure("the field table has no flag for \(path)")
    }
    return field
  }

  /// What a shell offers as its value.
  fileprivate var completion: CompletionKind? {
    if !choices.isEmpty { return .list(choices) }
    return pathBase == nil ? nil : .directory
  }

  fileprivate var flagNames: NameSpecification { NameSpecification(flags.map { .customLong($0) }) }

  /// "η, before the schedule. (a number above 0; default by optimizer)"
  fileprivate func flagHelp(fallback: String? = nil) -> ArgumentHelp {
    ArgumentHelp("\(help) (\(accepted); \(fallback ?? "default \(defaultText)"))", valueName: placeholder)
  }
}
