import Glibc

/// A reference-counted block of scalars: one tensor, one shard, or one gradient.
///
/// A socket that sends a buffer holds a reference until the bytes have been sent. So a buffer may be written only by
/// its sole owner (`isKnownUniquelyReferenced`), which makes it immutable while shared.
@safe package final class Buffer<Scalar: KernelScalar>: @unchecked Sendable {
  /// First element, aligned to 64 bytes when the buffer owns its memory.
  package let start: UnsafeMutablePointer<Scalar>
  package let count: Int
  private let owner: AnyObject?
  /// What keeps the memory alive, if that isn't a buffer.
  package let memory: AnyObject?
  /// Whether the memory was mapped.
  private let isMapped: Bool

  /// From so many bytes on, memory can be mapped for a buffer alone.
  private static var leastMapping: Int { 1 << 20 }

  /// Allocates zeroed memory.
  ///
  /// - Parameter apart: whether a large buffer's memory is free again when the buffer is: the heap keeps what lies below something
  ///   that is in use, and so takes less time where a buffer like this one comes and goes in each step.
  package init(count: Int, apart: Bool = false) {
    self.count = count
    (owner, memory) = (nil, nil)
    let bytes = max(count * MemoryLayout<Scalar>.stride, 64)
    let mapping =
      !apart || bytes < Self.leastMapping
      ? nil : unsafe mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    if let mapping = unsafe mapping, unsafe mapping != MAP_FAILED {
      isMapped = true
      unsafe start = mapping.assumingMemoryBound(to: Scalar.self)
    } else {
      isMapped = false
      let memory = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
      unsafe memory.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
      unsafe start = memory.assumingMemoryBound(to: Scalar.self)
    }
  }

  /// Wraps memory that `owner` keeps alive and unchanged, such as a received frame.
  package convenience init(borrowing start: UnsafeMutablePointer<Scalar>, count: Int, owner: AnyObject) {
    unsafe self.init(start, count: count, owner: owner, memory: owner)
  }

  private init(_ start: UnsafeMutablePointer<Scalar>, count: Int, owner: AnyObject, memory: AnyObject?) {
    unsafe self.start = start
    (self.count, self.owner, self.memory) = (count, owner, memory)
    isMapped = false
  }

  package convenience init(_ elements: [Scalar]) {
    self.init(count: elements.count)
    _ = unsafe self.elements.update(fromContentsOf: elements)
  }

  /// Decodes little-endian elements.
  package convenience init(bytes: [UInt8]) {
    self.init(count: bytes.count / MemoryLayout<Scalar>.stride)
    unsafe UnsafeMutableRawBufferPointer(elements).copyBytes(from: bytes.prefix(count * MemoryLayout<Scalar>.stride))
  }

  /// Some of the elements, in the same memory, which they keep alive.
  package func part(_ range: Range<Int>) -> Buffer {
    precondition(0 <= range.lowerBound && range.upperBound <= count, "\(range) of \(count) elements")
    return unsafe Buffer(start + range.lowerBound, count: range.count, owner: self, memory: memory)
  }

  /// Whether the elements of `other` lie right behind those of this buffer.
  package func isFollowed(by other: Buffer) -> Bool { unsafe start + count == other.start }

  /// Parts that lie one behind the other, at least one, without a copy; they are kept.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package convenience init(joining parts: [Buffer]) {
    precondition(zip(parts, parts.dropFirst()).allSatisfy { $0.isFollowed(by: $1) }, "parts lie one behind the other")
    unsafe self.init(borrowing: parts[0].start, count: parts.reduce(0) { $0 + $1.count }, owner: Parts(parts))
  }

  private final class Parts: Sendable {
    private let parts: [Buffer]
    init(_ parts: [Buffer]) { self.parts = parts }
  }

  deinit {
    guard owner == nil else { return }
    if isMapped {
      unsafe munmap(start, count * MemoryLayout<Scalar>.stride)
    } else {
      unsafe UnsafeMutableRawPointer(start).deallocate()
    }
  }

  /// A copy of the elements.
  package var values: [Scalar] { withExtendedLifetime(self) { unsafe Array(elements) } }

  /// Valid while the buffer is referenced; the pointer itself does not retain it.
  package var elements: UnsafeMutableBufferPointer<Scalar> {
    unsafe UnsafeMutableBufferPointer(start: start, count: count)
  }

  package var bytes: UnsafeRawBufferPointer { unsafe UnsafeRawBufferPointer(elements) }

  /// Calls `body` with the bytes and keeps the buffer alive meanwhile.
  package func withBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
    try withExtendedLifetime(self) { try unsafe body(bytes) }
  }
}
