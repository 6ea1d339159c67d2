import Foundation
import TestSupport

/// A `tare` on a real terminal: tmux, which wraps its lines anew when its size changes.
final class TerminalEmulator {
  private static let program = "/usr/bin/tmux"
  static var isMissing: Bool { !FileManager.default.isExecutableFile(atPath: program) }

  private let folder: TemporaryFolder
  private var socket: String { folder.file("tmux") }

  /// - Parameters:
  ///   - arguments: of `tare`, without blanks.
  ///   - columns: of the terminal, which has 24 rows.
  init(_ arguments: [String], columns: Int) throws {
    folder = try TemporaryFolder()
    let command = ([TareProcess.executable.path] + arguments).map { "'\($0)'" }.joined(separator: " ")
    _ = try tmux(
      ["-f", "/dev/null", "new-session", "-d", "-x", "\(columns)", "-y", "24", "\(command); echo ended: $?; exec cat"])
  }

  deinit { _ = try? tmux(["kill-server"]) }

  func resize(columns: Int, rows: Int = 24) throws {
    _ = try tmux(["resize-window", "-x", "\(columns)", "-y", "\(rows)"])
  }

  /// Presses Ctrl-C.
  func interrupt() throws { _ = try tmux(["send-keys", "C-c"]) }

  /// The lines on the screen, and those that have scrolled away.
  func lines() throws -> [String] {
    try tmux(["capture-pane", "-p", "-S", "-"]).split(separator: "\n", omittingEmptySubsequences: false).map(
      String.init)
  }

  /// Looks again and again until the lines are as `isExpected` says; the last ones, also if the deadline has passed.
  func wait(within seconds: Double = Deadline.event, for isExpected: ([String]) -> Bool) throws -> [String] {
    let deadline = ContinuousClock.now + .seconds(seconds)
    while true {
      let lines = try lines()
      if isExpected(lines) || .now >= deadline { return lines }
      // A terminal does not tell when it has changed; a look takes a process.
      usleep(50_000)
    }
  }

  private func tmux(_ arguments: [String]) throws -> String {
    let output = try folder.write([], to: "output")
    let descriptor = unsafe open(output, O_WRONLY | O_TRUNC | O_CLOEXEC)
    defer { close(descriptor) }
    let environment = ProcessInfo.processInfo.environment.merging(
      ["LC_ALL": "C.UTF-8", "TERM": "xterm", "TMPDIR": folder.path]) { $1 }
    // Not Foundation's: tmux's server would inherit the pipes of this process, and keep them open.
    let process = try SpawnedProcess(
      Self.program, ["-S", socket] + arguments, environment: environment, output: descriptor, errors: descriptor)
    guard process.waitForEnd(within: Deadline.event) else {
      process.signal(SIGKILL)
      throw POSIXError(.ETIMEDOUT)
    }
    return String(decoding: try folder.read("output"), as: UTF8.self)
  }
}
