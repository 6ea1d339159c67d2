package import Foundation

/// A file that is replaced as a whole or not at all.
///
/// The bytes go to a temporary file in the same folder; `commit` syncs it, renames it over the old one and syncs the
/// folder, `replace` only renames it. Without either, the temporary file is removed.
package struct AtomicFile: ~Copyable {
  /// The suffix of uncommitted files.
  package static let unfinishedSuffix = ".partial"

  private let path: String
  private let file: OutputFile
  private var isCommitted = false

  /// - Throws: `RecordError` for a path that can't be written, or that is a device or pipe, which a file must not replace.
  package init(_ path: String, mode: mode_t = 0o644) throws(RecordError) {
    self.path = path
    var status = stat()
    if unsafe stat(path, &status) == 0, ![S_IFREG, S_IFDIR].contains(status.st_mode & S_IFMT) {
      throw RecordError(.system(EINVAL), "Cannot replace \(path): it is a device or a pipe, not a file.")
    }
    // Unique to the process, so that two writers cannot mix their bytes.
    let aside = "\(path).\(getpid())\(Self.unfinishedSuffix)"
    file = try OutputFile(aside, flags: O_CREAT | O_TRUNC, mode: mode, named: path)
  }

  deinit { if !isCommitted { unsafe unlink(file.path) } }

  package func write(_ bytes: UnsafeRawBufferPointer) throws(RecordError) { try unsafe file.write(bytes) }

  package func write(_ bytes: [UInt8]) throws(RecordError) { try file.write(bytes) }

  /// Gives the bytes the file's name; durable on return.
  ///
  /// - Parameter others: files and folders that the content relies on: they are on the disk before it has its name.
  package consuming func commit(relyingOn others: [String] = []) throws(RecordError) {
    do throws(RecordError) { try DiskSync.synchronize([file.path] + others) } catch {
      throw RecordError(error.code, error.description.replacing(file.path, with: path))
    }
    try takeName()
    try DiskSync.synchronize([String.folder(ofFile: path)])
  }

  /// Gives the bytes the file's name, for all who read it from now on; what a power failure leaves is not said.
  package consuming func replace() throws(RecordError) { try takeName() }

  private mutating func takeName() throws(RecordError) {
    guard unsafe rename(file.path, path) == 0 else { throw .system("replace", path) }
    isCommitted = true
  }

  /// Copies the file at `source`, some of it at a time; durable on return.
  static func copy(_ source: String, to path: String) throws(RecordError) {
    let descriptor = unsafe open(source, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .system("open", source) }
    defer { close(descriptor) }
    let file = try AtomicFile(path)
    var room = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let count = unsafe room.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
      guard count >= 0 || errno == EINTR else { throw .system("read", source) }
      guard count != 0 else { break }
      try file.write(Array(room.prefix(max(count, 0))))
    }
    try file.commit()
  }

  /// Writes `bytes` as the whole content of `path`; durable on return.
  ///
  /// - Parameter others: as in `commit`.
  package static func write(
    _ bytes: [UInt8], to path: String, relyingOn others: [String] = []
  ) throws(RecordError) {
    let file = try AtomicFile(path)
    try file.write(bytes)
    try file.commit(relyingOn: others)
  }

  /// The same for a file that a power failure may take.
  package static func replace(_ path: String, with bytes: [UInt8], mode: mode_t = 0o644) throws(RecordError) {
    let file = try AtomicFile(path, mode: mode)
    try file.write(bytes)
    try file.replace()
  }
}

extension String {
  /// The folder of the file at a path.
  static func folder(ofFile path: String) -> String { path.lastIndex(of: "/").map { String(path[...$0]) } ?? "." }
}
