import Foundation
import Specification
import Terminal

/// Messages for people, while stdout carries the result.
enum StandardError {
  /// Control characters in names are shown and not obeyed.
  static func print(_ text: String, terminator: String = "\n") {
    draw(text.printable(keepingLines: true) + terminator)
  }

  /// Text that may move the cursor.
  static func draw(_ text: String) {
    try? FileHandle.standardError.write(contentsOf: Data(text.utf8))  // no place to report it
  }

  /// Notes the former names that the plan and flags use.
  static func printNotes(on assignments: some Sequence<Assignment>) {
    for renaming in assignments.renamings { print("note: \(renaming)") }
  }

  static var isTerminal: Bool { isatty(2) == 1 && ProcessInfo.processInfo.environment["TERM"] != "dumb" }

  /// Of the terminal.
  static var size: (columns: Int, rows: Int) {
    var size = winsize()
    guard unsafe ioctl(2, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else { return (80, 24) }
    return (Int(size.ws_col), Int(size.ws_row))
  }
}
