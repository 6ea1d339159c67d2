import Foundation
import Synchronization

/// Files and folders that are becoming durable together.
///
/// Each has its own fsync(2), and all wait at the same time: what takes milliseconds is the disk's flush, not the few
/// bytes, and the kernel answers those who wait for one together.
package final class DiskSync: Sendable {
  private let group = DispatchGroup()
  private let failure = Mutex<RecordError?>(nil)

  /// Begins to write back all that was written to the files and folders at `paths` so far, by any process.
  package init(_ paths: [String]) { for path in Set(paths) { begin(path) } }

  /// Waits until it is on the disk.
  ///
  /// - Throws: `RecordError` for one that failed; all have been tried.
  package func wait() throws(RecordError) {
    group.wait()
    if let failure = failure.withLock({ $0 }) { throw failure }
  }

  static func synchronize(_ paths: [String]) throws(RecordError) {
    let paths = Set(paths)
    let others = DiskSync(Array(paths.dropFirst()))
    if let path = paths.first { others.synchronize(path) }
    try others.wait()
  }

  private func begin(_ path: String) {
    let thread = Thread { [self] in
      synchronize(path)
      group.leave()
    }
    thread.stackSize = 64 << 10
    group.enter()
    thread.start()
  }

  private func synchronize(_ path: String) {
    do throws(RecordError) { try Self.synchronize(path) } catch { failure.withLock { $0 = $0 ?? error } }
  }

  private static func synchronize(_ path: String) throws(RecordError) {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .system("open", path) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw .system("write to the disk", path) }
  }
}
