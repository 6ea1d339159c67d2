import Foundation
import Synchronization

/// Makes files and folders durable together.
enum DiskSync {
  /// Waits until all that was written to the files and folders at `paths`, by any process, is on the disk.
  ///
  /// Each has its own fsync(2), and all wait at the same time: what takes milliseconds is the disk's flush, not the few
  /// bytes, and the kernel answers those who wait for one together.
  ///
  /// - Throws: `RecordError` for one that failed; all have been tried.
  static func synchronize(_ paths: [String]) throws(RecordError) {
    let failure = Mutex<RecordError?>(nil)
    let group = DispatchGroup()
    let paths = Set(paths)
    for path in paths.dropFirst() {
      let thread = Thread {
        synchronize(path, failure)
        group.leave()
      }
      thread.stackSize = 64 << 10
      group.enter()
      thread.start()
    }
    if let path = paths.first { synchronize(path, failure) }
    group.wait()
    if let failure = failure.withLock({ $0 }) { throw failure }
  }

  private static func synchronize(_ path: String, _ failure: borrowing Mutex<RecordError?>) {
    do throws(RecordError) { try synchronize(path) } catch { failure.withLock { $0 = $0 ?? error } }
  }

  private static func synchronize(_ path: String) throws(RecordError) {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .system("open", path) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw .system("write to the disk", path) }
  }
}
