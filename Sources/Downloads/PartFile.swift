import Failures
import Foundation
import Records

/// The beginning of a file that is being downloaded, under a name of its own; it stays for the next attempt when the
/// process ends.
final class PartFile {
  let path: String
  private let descriptor: Int32
  private(set) var count: Int

  /// Opens it, or begins it. Only one process at a time writes to it.
  init(for path: String) throws(RunError) {
    self.path = path + ".part"
    descriptor = unsafe open(self.path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o644)
    guard descriptor >= 0 else { throw .file("open", self.path) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      throw RunError(ExitCode.unavailable, "\(self.path) is being written by another process; wait for its end.")
    }
    let end = lseek(descriptor, 0, SEEK_END)
    guard end >= 0 else { throw .file("read", self.path) }
    count = Int(end)
  }

  deinit { close(descriptor) }

  func append(_ bytes: UnsafeRawBufferPointer) throws(RunError) {
    var rest = unsafe bytes[...]
    while unsafe !rest.isEmpty {
      let written = unsafe pwrite(
        descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count, off_t(count))
      guard written >= 0 || errno == EINTR else { throw .file("write", path) }
      unsafe rest = rest.dropFirst(max(written, 0))
      count += max(written, 0)
    }
  }

  func empty() throws(RunError) {
    guard ftruncate(descriptor, 0) == 0 else { throw .file("empty", path) }
    count = 0
  }

  /// SHA-256 of all of it, in hexadecimal.
  func digest() throws(RecordError) -> String { try FileHash(of: path, first: count).sha256 }

  /// Gives it its final name; durable on return.
  func finish(as final: String) throws(RunError) {
    guard fsync(descriptor) == 0, unsafe rename(path, final) == 0 else { throw .file("rename into place", path) }
  }

  func remove() { unsafe unlink(path) }
}

extension RunError {
  /// The error that a system call left in `errno`.
  static func file(_ action: String, _ path: String) -> RunError {
    let reason = unsafe String(cString: strerror(errno))
    return RunError(ExitCode.ioError, "can't \(action) \(path): \(reason)")
  }
}
