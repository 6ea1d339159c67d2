import Foundation
import OpenSSL
import Parameters

/// A safetensors file on the disk whose bytes have been verified; its tensors are read when they are asked for.
///
/// Read, not mapped: an I/O error on a mapping kills the process instead of failing the call. The file stays there for whoever
/// has opened it, even if its checkpoint is pruned.
package final class StoredTensors: Sendable {
  /// In the order of their offsets.
  package let entries: [SafeTensorsFile.Entry]
  package let metadata: [String: String]
  private let path: String
  private let descriptor: Int32
  private let length: Int
  /// Where the tensors begin.
  private let start: Int

  /// Reads all bytes once, some at a time.
  ///
  /// - Throws: `RecordError`: `.content` for a file that is not the one that the manifest names, `.system` for one that is missing
  ///   or cannot be read.
  init(_ path: String, as file: CheckpointManifest.File) throws(RecordError) {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .system("open", path) }
    do throws(RecordError) {
      var status = stat()
      guard unsafe fstat(descriptor, &status) == 0 else { throw .system("examine", path) }
      guard status.st_mode & S_IFMT == S_IFREG else {
        throw RecordError(.system(EISDIR), "Cannot read \(path): it is not a file.")
      }
      let length = Int(status.st_size)
      guard length == file.byteCount else {
        throw RecordError(
          .content, "Checkpoint file \(path) has \(length) bytes; its manifest names \(file.byteCount).")
      }
      var hash = SHA256()
      for offset in stride(from: 0, to: length, by: Self.window) {
        hash.update(try Self.read(descriptor, path, offset..<min(offset + Self.window, length)))
      }
      guard hash.finalize().hexadecimal == file.sha256 else {
        throw RecordError(.content, "Checkpoint file \(path) is damaged: its SHA-256 is not that of its manifest.")
      }
      guard length >= 8 else { throw SafeTensorsFile.tooShort(length, path) }
      let header = try SafeTensorsFile.headerLength(
        Self.read(descriptor, path, 0..<8), fileLength: length, named: path)
      start = 8 + header
      (entries, metadata) = try SafeTensorsFile.content(
        of: Data(Self.read(descriptor, path, 8..<start)), tensorByteCount: length - start, named: path)
      self.length = length
    } catch {
      close(descriptor)
      throw error
    }
    (self.path, self.descriptor) = (path, descriptor)
  }

  deinit { close(descriptor) }

  package func entry(named name: String) -> SafeTensorsFile.Entry? { entries.first { $0.name == name } }

  /// Some bytes of a tensor as they are stored, little-endian.
  package func bytes(of entry: SafeTensorsFile.Entry, in range: Range<Int>) throws(RecordError) -> [UInt8] {
    precondition(0 <= range.lowerBound && range.upperBound <= entry.range.count, "\(range) of \(entry.name)")
    let first = start + entry.range.lowerBound + range.lowerBound
    return try Self.read(descriptor, path, first..<first + range.count)
  }

  /// All of it.
  package func loaded() throws(RecordError) -> SafeTensorsFile {
    try SafeTensorsFile(decoding: Data(Self.read(descriptor, path, 0..<length)), named: path)
  }

  /// As `WeightsHash` makes it.
  package func weightsSHA256() throws(RecordError) -> String {
    var hash = SHA256()
    for entry in entries.sorted(by: { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }) {
      for offset in stride(from: 0, to: entry.range.count, by: Self.window) {
        hash.update(try bytes(of: entry, in: offset..<min(offset + Self.window, entry.range.count)))
      }
    }
    return hash.finalize().hexadecimal
  }

  /// Bytes that are read at a time.
  private static let window = 1 << 20

  private static func read(_ descriptor: Int32, _ path: String, _ range: Range<Int>) throws(RecordError) -> [UInt8] {
    var failure: RecordError?
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: range.count) { room, count in
      while count < range.count {
        let place = unsafe room.baseAddress.map { unsafe $0 + count }
        let got = unsafe pread(descriptor, place, range.count - count, range.lowerBound + count)
        if got < 0, errno == EINTR { continue }
        if got < 0 { failure = .system("read", path) }
        if got == 0 { failure = RecordError(.content, "Checkpoint file \(path) has become shorter.") }
        guard got > 0 else { return }
        count += got
      }
    }
    if let failure { throw failure }
    return bytes
  }
}
