package import Foundation

/// An open file that is written sequentially; closed when it goes out of scope.
package struct OutputFile: ~Copyable {
  let path: String
  /// What messages call it.
  private let name: String
  private let descriptor: Int32

  /// - Parameters:
  ///   - flags: of open(2), in addition to `O_WRONLY` and `O_CLOEXEC`.
  ///   - name: what messages call it; `nil`: its path.
  package init(_ path: String, flags: Int32, mode: mode_t = 0o644, named name: String? = nil) throws(RecordError) {
    self.path = path
    self.name = name ?? path
    descriptor = unsafe open(path, O_WRONLY | O_CLOEXEC | flags, mode)
    guard descriptor >= 0 else { throw .system("write", self.name) }
  }

  deinit { close(descriptor) }

  /// Writes all of `bytes`, in one call unless the system writes less.
  func write(_ bytes: UnsafeRawBufferPointer) throws(RecordError) {
    var rest = unsafe bytes[...]
    while unsafe !rest.isEmpty {
      let window = unsafe UnsafeRawBufferPointer(rebasing: rest)
      let count = unsafe Foundation.write(descriptor, window.baseAddress, window.count)
      guard count >= 0 || errno == EINTR else { throw .system("write", name) }
      unsafe rest = rest.dropFirst(max(count, 0))
    }
  }

  package func write(_ bytes: [UInt8]) throws(RecordError) {
    var failure: RecordError?
    unsafe bytes.withUnsafeBytes { bytes in
      do throws(RecordError) { try unsafe write(bytes) } catch { failure = error }
    }
    if let failure { throw failure }
  }

  /// The file's length in bytes.
  func length() throws(RecordError) -> Int {
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { throw .system("examine", name) }
    return Int(status.st_size)
  }

  func truncate(to length: Int) throws(RecordError) {
    guard ftruncate(descriptor, length) == 0 else { throw .system("shorten", name) }
  }
}
