import CLibArchive
import Glibc

/// Reads the members of an archive one after another. Nothing is written anywhere: the caller decides what becomes of a
/// member and of its name.
///
/// - Source: https://libarchive.org, archive_read(3).
@safe package struct ArchiveReader: ~Copyable {
  /// The one format that is accepted; libarchive would also guess.
  package enum Format {
    case zip
    case gzippedTar
  }

  package struct Member {
    /// As the archive has it, which may be any path at all; empty for a name that is no text.
    package let name: String
    /// Not a folder, link or device.
    package let isRegularFile: Bool
  }

  private let archive: OpaquePointer

  /// - Parameter bytes: must stay where they are while the reader lives.
  package init(_ format: Format, bytes: UnsafeRawBufferPointer) throws(ArchiveError) {
    self.init(format)
    try check(unsafe archive_read_open_memory(archive, bytes.baseAddress, bytes.count))
  }

  package init(_ format: Format, file path: String) throws(ArchiveError) {
    self.init(format)
    try check(unsafe archive_read_open_filename(archive, path, 1 << 16))
  }

  private init(_ format: Format) {
    // Fails only when memory is exhausted.
    guard let archive = unsafe archive_read_new() else { fatalError("libarchive cannot begin") }
    unsafe self.archive = archive
    switch format {
    case .zip: unsafe archive_read_support_format_zip_seekable(archive)
    case .gzippedTar:
      unsafe archive_read_support_filter_gzip(archive)
      unsafe archive_read_support_format_tar(archive)
    }
  }

  deinit { unsafe archive_read_free(archive) }

  /// Goes to the next member; what is unread of the present one is skipped. `nil` at the end.
  package mutating func next() throws(ArchiveError) -> Member? {
    var entry: OpaquePointer?
    let status = unsafe archive_read_next_header(archive, &entry)
    if status == ARCHIVE_EOF { return nil }
    try check(status)
    guard let entry = unsafe entry else { return nil }
    let name = unsafe archive_entry_pathname(entry).map { unsafe String(cString: $0) } ?? ""
    return unsafe Member(name: name, isRegularFile: archive_entry_filetype(entry) == S_IFREG)
  }

  /// The format of the present member in libarchive's words, such as "ZIP 2.0 (deflation)".
  package var formatName: String { unsafe archive_format_name(archive).map { unsafe String(cString: $0) } ?? "" }

  /// Reads the present member until `room` is full or the member ends.
  /// - Returns: the bytes written; fewer than the room only at the end, where the member's checksum has been compared.
  package mutating func read(into room: UnsafeMutableRawBufferPointer) throws(ArchiveError) -> Int {
    var written = 0
    while written < room.count, let base = room.baseAddress {
      let count = unsafe archive_read_data(archive, base + written, room.count - written)
      guard count >= 0 else { throw error }
      if count == 0 { break }
      written += count
    }
    return written
  }

  private func check(_ status: CInt) throws(ArchiveError) {
    // Of a warning, the member can be read all the same.
    guard status == ARCHIVE_OK || status == ARCHIVE_WARN else { throw error }
  }

  private var error: ArchiveError {
    ArchiveError(unsafe archive_error_string(archive).map { unsafe String(cString: $0) } ?? "it cannot be read")
  }
}
