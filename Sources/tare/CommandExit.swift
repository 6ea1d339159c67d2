import ArgumentParser
import Failures
import Foundation

/// A command did its work and the result is bad: a claim does not hold, a run failed, a seed violates an invariant. The
/// command has already printed what; the exit code is 1.
struct ReportedFailure: Error {}

/// How the process exits when a command throws: help on stdout, or one sentence on stderr.
package struct CommandExit: Hashable, Sendable {
  package let text: String
  package let exitCode: Int32

  package init(of error: any Error) {
    if error is ReportedFailure {
      (text, exitCode) = ("", ExitCode.broken)
      return
    }
    if let error = error as? any ExitCoded {
      text = "tare: \(error)"
      exitCode = error.exitCode
      return
    }
    let code = Tare.exitCode(for: error).rawValue
    guard code != EXIT_FAILURE else {
      // Neither ours nor the argument parser's.
      text = "tare: \(error)".replacing("\n", with: " ")
      exitCode = ExitCode.software
      return
    }
    exitCode = code
    let message = exitCode == 0 ? Tare.fullMessage(for: error) : Tare.message(for: error)
    text = exitCode == 0 || message.isEmpty ? message : "tare: " + message
  }

  /// Help goes to stdout, everything else to stderr.
  package var isHelp: Bool { exitCode == 0 }

  func exitProcess() -> Never {
    StandardError.leaveView()
    if !text.isEmpty {
      let stream = isHelp ? FileHandle.standardOutput : FileHandle.standardError
      try? stream.write(contentsOf: Data((text + "\n").utf8))  // no place to report it
    }
    // Not exit(): it would tear libraries down while threads still compute.
    fflush(nil)
    _exit(exitCode)
  }
}
