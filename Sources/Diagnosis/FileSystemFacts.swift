import Foundation
import Records

/// The file system that runs are written to.
package struct FileSystemFacts: Hashable, Sendable {
  /// The folder itself, or the nearest above it that is there.
  let folder: String
  /// As mountinfo names it, such as `ext4`.
  let kind: String?
  /// In bytes.
  let free: UInt64?
  /// Why no file could be written there and made durable; `nil` if one could.
  let failure: String?

  package init(folder: String, kind: String?, free: UInt64?, failure: String?) {
    (self.folder, self.kind, self.free, self.failure) = (folder, kind, free, failure)
  }

  /// Writes a file there, as runs write theirs, and removes it.
  package init(of requested: String, _ read: SystemText = systemText) {
    var folder = URL(fileURLWithPath: requested).standardizedFileURL.resolvingSymlinksInPath().path
    while !FileManager.default.fileExists(atPath: folder), folder != "/" {
      folder = URL(fileURLWithPath: folder).deletingLastPathComponent().path
    }
    let trial = "\(folder)/.tare-doctor-\(getpid())"
    defer { try? FileManager.default.removeItem(atPath: trial) }
    var failure: String?
    do { try AtomicFile.write([0x0A], to: trial) } catch { failure = "\(error)" }
    self.init(
      folder: folder, kind: Self.kind(at: folder, mounts: read("/proc/self/mountinfo") ?? ""),
      free: Self.room(at: folder)?.free, failure: failure)
  }

  /// The type of the file system that holds `folder`, by the lines of mountinfo (proc_pid_mountinfo(5)).
  package static func kind(at folder: String, mounts: String) -> String? {
    var best: (path: String, kind: String)?
    for line in mounts.split(separator: "\n") {
      let words = line.split(separator: " ")
      guard let dash = words.firstIndex(of: "-"), words.count > dash + 1, dash > 4 else { continue }
      // Blanks stand there as octal numbers.
      let path = String(words[4]).replacing("\\040", with: " ")
      guard path == "/" || folder == path || folder.hasPrefix(path + "/") else { continue }
      // The later of two on one another hides the earlier.
      if path.utf8.count >= best?.path.utf8.count ?? 0 { best = (path, String(words[dash + 1])) }
    }
    return best?.kind
  }

  /// In bytes, for a process without privileges; `nil` if there is no such folder.
  static func room(at folder: String) -> (size: UInt64, free: UInt64)? {
    var facts = statvfs()
    guard unsafe statvfs(folder, &facts) == 0 else { return nil }
    let block = UInt64(facts.f_frsize)
    return (UInt64(facts.f_blocks) * block, UInt64(facts.f_bavail) * block)
  }

  /// Those that other machines serve, or that are known to be shared.
  private static let networked = [
    "nfs", "nfs4", "cifs", "smb3", "lustre", "gpfs", "beegfs", "ceph", "9p", "afs", "pvfs2", "fuse.sshfs",
    "fuse.glusterfs", "fuse.ceph",
  ]

  package var finding: Finding {
    let found = "\(folder): \(kind ?? "unknown file system")" + (free.map { ", \(bytes($0)) free" } ?? "")
    if let failure {
      return .problem(
        "disk", "\(found); \(failure)", advice: "Choose a folder that can be written, with --output.")
    }
    if let free, free < 64 << 20 {
      return .problem(
        "disk", found, advice: "Free space or choose another folder with --output: a checkpoint may not fit.")
    }
    if let free, free < 1 << 30 {
      return .warning(
        "disk", found, advice: "Free space: each checkpoint holds all weights and the optimizer's memory.")
    }
    if let kind, Self.networked.contains(kind) {
      return .warning(
        "disk", "\(found); a file could be made durable",
        advice:
          "Choose a local disk with --output if checkpoints are slow: on a network file system, locks and durability are as "
          + "good as its server's.")
    }
    return .ok("disk", "\(found); a file could be made durable")
  }
}
