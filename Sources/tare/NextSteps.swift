import Failures

/// The commands that lead on from where one has ended, as lines to paste into a shell.
package struct NextSteps: CustomStringConvertible {
  private var lines: [String] = []

  package init() {}

  package var isEmpty: Bool { lines.isEmpty }

  /// - Parameters:
  ///   - words: without the program.
  ///   - purpose: what for; behind a `#`, so that the whole line can be pasted.
  package mutating func add(_ words: [String], _ purpose: String) { add(command: Self.command(words), purpose) }

  /// - Parameter command: of any program.
  mutating func add(command: String, _ purpose: String) { lines.append("\(command)  # \(purpose)") }

  /// The present command once more.
  ///
  /// - Parameter words: that it lacks.
  package mutating func addAgain(with words: [String] = [], _ purpose: String) {
    let given = CommandLine.arguments.dropFirst()
    add(given + words.filter { !given.contains($0) }, purpose)
  }

  package var description: String { (["Next:"] + lines.map { "  " + $0 }).joined(separator: "\n") }

  /// Says them to whoever reads stderr; stdout carries the result alone.
  func print() { if !isEmpty { StandardError.print(description) } }

  // MARK: - The commands

  /// A command of this program, called as it was called.
  static func command(_ words: [String]) -> String { ShellText.command([program] + words) }

  /// As it was typed; a process that this program has started itself is called by another name.
  private static var program: String {
    let name = CommandLine.arguments.first ?? "tare"
    return name.isEmpty || name.hasPrefix("/proc/") ? "tare" : name
  }

  static func resuming(_ folder: String) -> [String] { ["train", "--resume", folder] }

  static func report(on folder: String) -> [String] { ["report", folder] }
}

/// An error after which the work can go on: its sentence, then the commands.
struct ResumableError: Error {
  let cause: any Error
  let next: NextSteps
}
