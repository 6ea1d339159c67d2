import Foundation

/// The process of this machine that holds a flock(2) on a file, as `/proc/locks` lists it.
struct FileLockHolder {
  let pid: Int32
  /// Whether the lock is shared; a coordinator's never is.
  let isShared: Bool

  /// `nil` if no live process on this machine is listed.
  init?(of descriptor: Int32) {
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0,
      let locks = try? String(contentsOfFile: "/proc/locks", encoding: .utf8)
    else { return nil }
    let (major, minor) = (Self.major(status.st_dev), Self.minor(status.st_dev))
    let file = String(format: "%02lx:%02lx:%lu", major, minor, UInt(status.st_ino))
    for line in locks.split(separator: "\n") {
      // "1: FLOCK  ADVISORY  WRITE 4711 08:01:131 0 EOF"
      let fields = line.split(separator: " ")
      guard fields.count >= 6, fields[1] == "FLOCK", fields[5] == file, let pid = Int32(fields[4]), pid > 0,
        kill(pid, 0) == 0 || errno == EPERM
      else { continue }
      self.pid = pid
      isShared = fields[3] == "READ"
      return
    }
    return nil
  }

  // As the macros of sys/sysmacros.h, which Swift does not see.
  private static func major(_ device: dev_t) -> UInt { UInt((device >> 8) & 0xfff | (device >> 32) & ~0xfff) }
  private static func minor(_ device: dev_t) -> UInt { UInt(device & 0xff | (device >> 12) & ~0xff) }
}
