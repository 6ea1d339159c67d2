import Failures
import Foundation

/// `log.txt`, open for appending; closed with its owner.
package final class LogFile: Sendable {
  package let descriptor: Int32

  package init(_ path: String) throws {
    descriptor = unsafe open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw RunError(ExitCode.ioError, "can't write \(path): \(unsafe String(cString: strerror(errno)))")
    }
  }

  deinit { close(descriptor) }
}
