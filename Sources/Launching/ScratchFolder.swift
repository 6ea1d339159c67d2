import Failures
import Foundation
import Glibc

/// A folder with a short path, accessible only to its owner, for a run's sockets.
///
/// Its owner holds a lock on it for as long as it lives. So a folder that a killed process has left is recognized, and
/// removed by the next one that makes a folder beside it.
package final class ScratchFolder: Sendable {
  package let path: String
  private let descriptor: Int32

  /// Creates a new folder with mode 0700 in TMPDIR, or in /tmp if TMPDIR is not set or too long: the path of a socket
  /// must be shorter than 100 bytes.
  package init() throws(ScratchError) {
    let wanted = ProcessInfo.processInfo.environment["TMPDIR"] ?? ""
    let parent = (1...64).contains(wanted.utf8.count) ? wanted : "/tmp"
    Self.removeAbandoned(in: parent)
    // Locked before it has the name by which it is recognized.
    var template = Array("\(parent)/.\(Self.prefix)XXXXXX".utf8CString)
    guard unsafe mkdtemp(&template) != nil else { throw ScratchError(parent: parent, number: errno) }
    let new = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    descriptor = Self.lock(new)
    path = "\(parent)/\(Self.prefix)\(new.suffix(6))"
    guard unsafe rename(new, path) == 0 else {
      let number = errno
      unsafe rmdir(new)
      throw ScratchError(parent: parent, number: number)
    }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  package func remove() { Self.remove(path) }

  /// Removes a folder that this type created, recognized by its name.
  package static func remove(_ path: String) {
    guard let slash = path.lastIndex(of: "/"), path[slash...].hasPrefix("/" + prefix) else { return }
    try? FileManager.default.removeItem(atPath: path)
  }

  /// Removes this user's folders whose owners are gone. One whose lock cannot be asked for stays.
  private static func removeAbandoned(in parent: String) {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: parent)) ?? []
    for name in names where name.hasPrefix(prefix) && name.count == prefix.count + 6 {
      let path = "\(parent)/\(name)"
      var facts = stat()
      guard unsafe lstat(path, &facts) == 0, facts.st_uid == geteuid(), facts.st_mode & S_IFMT == S_IFDIR else {
        continue
      }
      let descriptor = lock(path)
      guard descriptor >= 0 else { continue }
      remove(path)
      close(descriptor)
    }
  }

  /// An open folder with its lock; negative if another process has that.
  private static func lock(_ path: String) -> Int32 {
    let descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0, flock(descriptor, LOCK_EX | LOCK_NB) != 0 else { return descriptor }
    close(descriptor)
    return -1
  }

  private static let prefix = "tare-run-"
}

/// Why a scratch folder could not be created.
package struct ScratchError: ExitCoded {
  let parent: String
  let number: Int32
  package var exitCode: Int32 { ExitCode.ioError }
  package var description: String {
    unsafe "can't make a folder for sockets in \(parent): \(String(cString: strerror(number)))"
  }
}
