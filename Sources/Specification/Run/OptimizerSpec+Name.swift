package import Optimization

extension OptimizerSpec {
  /// One of the rules in `UpdateRules.all`: what there is, with which constants, is written there alone.
  package struct Name: SpecChoice {
    package let rule: any UpdateRule.Type

    /// The rule of a run that names none.
    package static let standard = Name(UpdateRules.standard)

    package init(_ rule: any UpdateRule.Type) { self.rule = rule }

    package init?(rawValue: String) {
      let named = UpdateRules.all.first { $0.name == rawValue || $0.formerNames.contains(rawValue) }
      guard let rule = named else { return nil }
      self.rule = rule
    }

    package var rawValue: String { rule.name }
    package static var allCases: [Name] { UpdateRules.all.map { Name($0) } }
    package var defaults: RuleDefaults { rule.defaults }

    package static func == (a: Name, b: Name) -> Bool { a.rawValue == b.rawValue }
    package func hash(into hasher: inout Hasher) { hasher.combine(rawValue) }
  }
}

extension RuleConstant {
  /// The rules that have it.
  var owners: [String] { UpdateRules.all.filter { $0.defaults.parameters[self] != nil }.map { $0.name } }
}

extension [String] {
  /// `a, b and c`, with the word that is to stand before the last.
  func listed(_ word: String) -> String {
    guard let last, count > 1 else { return first ?? "" }
    return "\(dropLast().joined(separator: ", ")) \(word) \(last)"
  }
}
