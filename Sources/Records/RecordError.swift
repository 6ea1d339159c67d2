import Failures
import Foundation

/// Why a record could not be written or read: one sentence that names the file and what went wrong.
package struct RecordError: ExitCoded, Hashable, Sendable {
  package enum Code: Hashable, Sendable {
    /// A system call failed; its `errno`.
    case system(Int32)
    /// The folder or run is in use.
    case occupied
    /// A file does not conform to its format.
    case content
  }

  package let code: Code
  package let description: String

  package init(_ code: Code, _ description: String) {
    self.code = code
    self.description = description
  }

  package var exitCode: Int32 {
    switch code {
    case .system: ExitCode.ioError
    case .occupied: ExitCode.usage
    case .content: ExitCode.badData
    }
  }

  /// The error in `errno`.
  package static func system(_ action: String, _ path: String) -> RecordError {
    let number = errno
    return RecordError(.system(number), "Cannot \(action) \(path): \(unsafe String(cString: strerror(number))).")
  }
}
