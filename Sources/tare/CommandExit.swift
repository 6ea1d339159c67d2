import ArgumentParser
import Failures
import Foundation
import Specification

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
    if let error = error as? ResumableError {
      let exit = CommandExit(of: error.cause)
      (text, exitCode) = ([exit.text, error.next.description].joined(separator: "\n"), exit.exitCode)
      return
    }
    if let error = error as? any ExitCoded {
      text = (error as? OutputError)?.isQuiet == true ? "" : "tare: \((error as? SpecError)?.spelled ?? error)"
      exitCode = error.exitCode
      return
    }
    let code = Tare.exitCode(for: error).rawValue
    guard code != EXIT_FAILURE else {
      // Neither ours nor the argument parser's: Foundation's, of a file, or a mistake of this program.
      let sentence = Self.sentence(ofFileError: error as NSError)
      text = "tare: " + (sentence ?? "\(error)".replacing("\n", with: " "))
      exitCode = sentence == nil ? ExitCode.software : ExitCode.ioError
      return
    }
    exitCode = code
    let message =
      exitCode == 0 ? HelpText.wrapped { Tare.fullMessage(for: error, columns: $0) } : Tare.message(for: error)
    text = exitCode == 0 || message.isEmpty ? message : "tare: " + message
  }

  /// What the system said of a file; `nil` for an error of another kind.
  private static func sentence(ofFileError error: NSError) -> String? {
    let cause = error.userInfo[NSUnderlyingErrorKey] as? NSError ?? error
    guard cause.domain == NSPOSIXErrorDomain, let number = Int32(exactly: cause.code) else { return nil }
    let path = error.userInfo[NSFilePathErrorKey] as? String
    return unsafe "\(path ?? "a file"): \(String(cString: strerror(number)))"
  }

  /// Help goes to stdout, everything else to stderr.
  package var isHelp: Bool { exitCode == 0 }

  func exitProcess() -> Never {
    ProcessExit.begin()
    StandardError.leaveView()
    // Not exit(): it would tear libraries down while threads still compute.
    _exit(report())
  }

  /// Prints the text.
  ///
  /// - Returns: the exit code.
  private func report() -> Int32 {
    if isHelp {
      do { try print(text) } catch { return CommandExit(of: error).report() }
    } else if !text.isEmpty {
      StandardError.print(text)
    }
    fflush(nil)
    return exitCode
  }
}
