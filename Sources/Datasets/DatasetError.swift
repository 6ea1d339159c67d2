import Failures
import Foundation

/// Why a data set cannot be used: one sentence that names the field or file, the value, and what is accepted.
package struct DatasetError: ExitCoded, Hashable, Sendable {
  package enum Code: Hashable, Sendable {
    /// The request itself is wrong: an unknown name, a list of the wrong length.
    case request
    /// A folder or file does not exist or cannot be read.
    case missing
    /// A file exists, but its content violates the format.
    case content
  }

  package let code: Code
  package let description: String

  init(_ code: Code, _ description: String) {
    self.code = code
    self.description = description
  }

  /// `usage` for an invalid request, `badData` for everything else.
  package var exitCode: Int32 { code == .request ? ExitCode.usage : ExitCode.badData }

  static func empty(_ path: String) -> DatasetError {
    DatasetError(.content, "Data file \(path) is empty.")
  }

  /// The error that a system call left in `errno`.
  static func unreadable(_ path: String) -> DatasetError {
    DatasetError(.missing, "Data file \(path) cannot be read: \(unsafe String(cString: strerror(errno))).")
  }
}
