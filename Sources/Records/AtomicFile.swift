package import Foundation

/// A file that is replaced as a whole or not at all.
///
/// The bytes go to a temporary file in the same folder; `commit` syncs it, renames it over the old one and syncs the
/// folder. Without `commit` the temporary file is removed.
package struct AtomicFile: ~Copyable {
  /// The suffix of uncommitted files.
  package static let unfinishedSuffix = ".partial"

  private let path: String
  private let file: OutputFile
  private var isCommitted = false

  package init(_ path: String, mode: mode_t = 0o644) throws(RecordError) {
    self.path = path
    // Unique to the process, so that two writers cannot mix their bytes.
    let aside = "\(path).\(getpid())\(Self.unfinishedSuffix)"
    file = try OutputFile(aside, flags: O_CREAT | O_TRUNC, mode: mode)
  }

  deinit { if !isCommitted { unsafe unlink(file.path) } }

  package func write(_ bytes: UnsafeRawBufferPointer) throws(RecordError) { try unsafe file.write(bytes) }

  package func write(_ bytes: [UInt8]) throws(RecordError) { try file.write(bytes) }

  package consuming func commit() throws(RecordError) {
    try file.synchronize()
    guard unsafe rename(file.path, path) == 0 else { throw .system("rename into place", path) }
    isCommitted = true
    try Self.synchronizeFolder(ofFile: path)
  }

  /// Writes `bytes` as the whole content of `path`.
  package static func write(_ bytes: [UInt8], to path: String, mode: mode_t = 0o644) throws(RecordError) {
    let file = try AtomicFile(path, mode: mode)
    try file.write(bytes)
    try file.commit()
  }

  static func synchronizeFolder(ofFile path: String) throws(RecordError) {
    try synchronizeFolder(path.lastIndex(of: "/").map { String(path[...$0]) } ?? ".")
  }

  /// A rename is durable only after its folder has been synced.
  static func synchronizeFolder(_ folder: String) throws(RecordError) {
    let descriptor = unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .system("open", folder) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw .system("write to the disk", folder) }
  }
}
