/// Styles of terminal text.
package enum TerminalStyle: Hashable, Sendable {
  case plain, colored

  /// - Parameter environment: `NO_COLOR` counts when it is set and not empty (no-color.org).
  package init(environment: [String: String]) {
    self = environment["NO_COLOR", default: ""].isEmpty ? .colored : .plain
  }

  func bold(_ text: String) -> String { wrapped(text, "1") }
  func faint(_ text: String) -> String { wrapped(text, "2") }
  func accent(_ text: String) -> String { wrapped(text, "36") }

  private func wrapped(_ text: String, _ code: String) -> String {
    self == .plain || text.isEmpty ? text : "\u{1B}[\(code)m\(text)\u{1B}[0m"
  }
}
