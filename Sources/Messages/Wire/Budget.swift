import CTareMessages
import Glibc

/// An allocator for the C library with a fixed budget, so that a small frame cannot make it allocate much memory.
@safe struct Budget: ~Copyable {
  private let remaining: UnsafeMutablePointer<Int>
  /// For the library's unpack and free functions, while this budget lives.
  let allocator: UnsafeMutablePointer<ProtobufCAllocator>

  init(bytes: Int) {
    unsafe remaining = .allocate(capacity: 1)
    unsafe remaining.initialize(to: bytes)
    unsafe allocator = .allocate(capacity: 1)
    unsafe allocator.initialize(
      to: ProtobufCAllocator(
        alloc: { remaining, size in
          guard let remaining = unsafe remaining?.assumingMemoryBound(to: Int.self) else { return nil }
          guard unsafe remaining.pointee >= size else { return nil }
          unsafe remaining.pointee -= size
          return unsafe malloc(size)
        },
        free: { _, block in unsafe Glibc.free(block) },
        allocator_data: UnsafeMutableRawPointer(remaining)))
  }

  deinit {
    unsafe allocator.deallocate()
    unsafe remaining.deallocate()
  }
}
