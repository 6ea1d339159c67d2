import Foundation

/// Bytes at a fixed address: a file mapped read-only, whose pages all processes share, or memory of our own.
///
/// Immutable after initialization, so any thread may read. A mapped file must not be truncated while in use.
@safe final class ByteRegion: @unchecked Sendable {
  let start: UnsafePointer<UInt8>
  let count: Int
  private let isMapped: Bool

  /// Maps the whole file.
  init(mapping path: String) throws(DatasetError) {
    // Without waiting for somebody to write into a pipe; for a file it makes no difference.
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw .unreadable(path) }
    defer { close(descriptor) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { throw .unreadable(path) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw DatasetError(.missing, "Data file \(path) is not a regular file.")
    }
    count = Int(status.st_size)
    guard count > 0 else { throw .empty(path) }
    guard let memory = unsafe mmap(nil, count, PROT_READ, MAP_SHARED, descriptor, 0), unsafe memory != MAP_FAILED else {
      throw .unreadable(path)
    }
    unsafe start = UnsafePointer(memory.assumingMemoryBound(to: UInt8.self))
    isMapped = true
  }

  /// Owned memory filled by `fill`, which must write every byte: the memory is uninitialized.
  init(count: Int, fill: (UnsafeMutableBufferPointer<UInt8>) throws(DatasetError) -> Void) throws(DatasetError) {
    self.count = count
    isMapped = false
    let memory = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: count)
    unsafe start = UnsafePointer(memory.baseAddress ?? UnsafeMutablePointer.allocate(capacity: 1))
    try unsafe fill(memory)
  }

  /// A copy of a file's bytes, subject to the same checks as the file.
  convenience init(copying bytes: [UInt8], named path: String) throws(DatasetError) {
    guard !bytes.isEmpty else { throw .empty(path) }
    try unsafe self.init(count: bytes.count) { (room) throws(DatasetError) in
      _ = unsafe room.initialize(fromContentsOf: bytes)
    }
  }

  deinit {
    if isMapped {
      unsafe munmap(UnsafeMutableRawPointer(mutating: start), count)
    } else {
      unsafe start.deallocate()
    }
  }

  var bytes: UnsafeBufferPointer<UInt8> { unsafe UnsafeBufferPointer(start: start, count: count) }
}
