import ArgumentParser
import Failures
import Foundation

/// How the process ends when a command does not simply return: help on stdout, or one sentence on stderr.
package struct Ending: Hashable, Sendable {
  package let text: String
  package let exitCode: Int32

  package init(of error: any Error) {
    if error is ClaimsFell || error is PromiseBroken {
      // What was printed has said which.
      (text, exitCode) = ("", 1)
      return
    }
    if let error = error as? any ExitCoded {
      text = "tare: \(error)"
      exitCode = error.exitCode
      return
    }
    let code = Tare.exitCode(for: error).rawValue
    guard code != EXIT_FAILURE else {
      // Neither ours nor the command line's: nobody has put it in words.
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
    if !text.isEmpty {
      let stream = isHelp ? FileHandle.standardOutput : FileHandle.standardError
      try? stream.write(contentsOf: Data((text + "\n").utf8))  // nobody is left to tell
    }
    // Not exit(): threads that still compute would find the libraries torn down under them.
    fflush(nil)
    _exit(exitCode)
  }
}
