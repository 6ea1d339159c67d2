import Foundation

/// Why a record could not be written or read: one sentence that names the file and what went wrong.
package struct RecordError: Error, Hashable, Sendable, CustomStringConvertible {
  package enum Code: Hashable, Sendable {
    /// A system call failed; its `errno`.
    case system(Int32)
    /// The folder that was asked for cannot hold a new run.
    case occupied
    /// A file is there, and its content is not what its format says.
    case content
  }

  package let code: Code
  package let description: String

  package init(_ code: Code, _ description: String) {
    self.code = code
    self.description = description
  }

  /// What a process ends with, after sysexits.h: 74 input or output, 64 wrong use, 65 bad data.
  package var exitCode: Int32 {
    switch code {
    case .system: 74
    case .occupied: 64
    case .content: 65
    }
  }

  /// The error that a system call has just left in `errno`.
  package static func system(_ action: String, _ path: String) -> RecordError {
    let number = errno
    return RecordError(.system(number), "Cannot \(action) \(path): \(unsafe String(cString: strerror(number))).")
  }
}
