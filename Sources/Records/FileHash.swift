import Foundation
import OpenSSL
import Parameters

/// The running SHA-256 of a file that is appended to, as checkpoints record it with the file's length.
package struct FileHash: ~Copyable {
  private var hash = SHA256()

  package init() {}

  /// The hash of the first `count` bytes of the file at `path`.
  ///
  /// - Throws: `RecordError` for a file that cannot be read; `.content` for one with fewer bytes.
  package init(of path: String, first count: Int) throws(RecordError) {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .system("open", path) }
    defer { close(descriptor) }
    var room = [UInt8](repeating: 0, count: min(1 << 20, max(count, 1)))
    var done = 0
    while done < count {
      let wanted = min(room.count, count - done)
      let got = unsafe room.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, wanted) }
      guard got >= 0 || errno == EINTR else { throw .system("read", path) }
      guard got != 0 else {
        throw RecordError(.content, "\(path) has \(done) bytes; at least \(count) are accepted.")
      }
      guard got > 0 else { continue }
      hash.update(room[..<got])
      done += got
    }
  }

  /// The length in bytes of the file at `path`.
  package static func length(of path: String) throws(RecordError) -> Int {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { throw .system("examine", path) }
    return Int(status.st_size)
  }

  package mutating func update(_ bytes: [UInt8]) { hash.update(bytes) }

  /// In hexadecimal.
  package var sha256: String { hash.digestSoFar().hexadecimal }
}
