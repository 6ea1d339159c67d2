import Foundation

/// A question to the person at the terminal.
enum Confirmation {
  static var isPossible: Bool { isatty(0) == 1 && StandardError.isTerminal }

  /// Whether the answer is yes.
  static func ask(_ question: String) -> Bool {
    StandardError.print("\(question) [y/N] ", terminator: "")
    return ["y", "yes"].contains(readLine()?.lowercased())
  }
}
