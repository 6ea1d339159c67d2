import Foundation

extension CheckpointStore {
  /// Keeps a checkpoint's file at `path`, whatever becomes of the checkpoint: as a hard link, or as a copy on a file system without
  /// them. The name is durable once its folder is synchronized.
  ///
  /// - Throws: `RecordError` if there is no such checkpoint, or for what can't be written.
  package func keep(_ name: String, ofStep step: Int, at path: String) throws(RecordError) {
    if try link(name, ofStep: step, to: path) { return }
    let folder = CheckpointFolder(step, in: folder)
    guard let file = try folder.manifest().files.first(where: { $0.name == name }) else {
      throw RecordError(.content, "Checkpoint \(folder.path) has no \(name).")
    }
    try AtomicFile.copy(folder.path(of: file.storedAs), to: path)
  }

  /// Makes `path` a hard link to a checkpoint's file, replacing an existing file. The name is durable once its folder is
  /// synchronized.
  ///
  /// The data are not written twice, and pruning the checkpoint leaves the file.
  ///
  /// - Returns: false if there is no such checkpoint, or on a file system without hard links.
  /// - Throws: `RecordError` for a name that can't be given.
  package func link(_ name: String, ofStep step: Int, to path: String) throws(RecordError) -> Bool {
    let folder = CheckpointFolder(step, in: folder)
    if Self.isSame(folder.path(of: name), path) { return true }
    guard folder.isCommitted, let file = try folder.manifest().files.first(where: { $0.name == name }) else {
      return false
    }
    return try Self.link(folder.path(of: file.storedAs), to: path)
  }

  /// Whether both are names of one file.
  private static func isSame(_ path: String, _ other: String) -> Bool {
    var (file, link) = (stat(), stat())
    guard unsafe stat(path, &file) == 0, unsafe stat(other, &link) == 0 else { return false }
    return file.st_dev == link.st_dev && file.st_ino == link.st_ino
  }

  static func link(_ file: String, to path: String) throws(RecordError) -> Bool {
    let aside = "\(path).\(getpid())\(AtomicFile.unfinishedSuffix)"
    guard unsafe Glibc.link(file, aside) == 0 else { return false }
    // If both already name the same file, rename(2) does nothing and leaves both.
    defer { unsafe unlink(aside) }
    guard unsafe rename(aside, path) == 0 else { throw .system("rename into place", path) }
    return true
  }
}
