import Synchronization

/// Buffers of one size, reused once they are no longer referenced elsewhere.
///
/// The pool keeps a reference to each buffer it created; a buffer is free when that is the only one left. So buffers
/// are never returned explicitly, and cannot leak.
///
/// Confined to one thread, like the state machine that owns it.
package final class BufferPool<Scalar: KernelScalar> {
  private let count: Int
  private let allocate: Allocation
  private var buffers: [Buffer<Scalar>] = []
  /// How many have been in use at the same time since `trim`.
  private var used = 0

  /// Makes a buffer of so many elements.
  package typealias Allocation = (Int) -> Buffer<Scalar>

  package init(count: Int, allocating allocate: @escaping Allocation = { Buffer(count: $0) }) {
    (self.count, self.allocate) = (count, allocate)
  }

  /// Whether the buffer is one of this pool's.
  package func made(_ buffer: Buffer<Scalar>) -> Bool { buffers.contains { $0 === buffer } }

  /// A buffer that the caller may write; its content is undefined.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func take() -> Buffer<Scalar> {
    for index in buffers.indices where isKnownUniquelyReferenced(&buffers[index]) {
      // The last reader may have released the buffer on another thread: its reads must happen before our writes.
      atomicMemoryFence(ordering: .acquiring)
      used = max(used, index + 1)
      return buffers[index]
    }
    buffers.append(allocate(count))
    used = buffers.count
    return buffers[buffers.count - 1]
  }

  /// Gives back the memory of the buffers that have not been needed since the last time.
  package func trim() {
    while buffers.count > used, isKnownUniquelyReferenced(&buffers[buffers.count - 1]) { buffers.removeLast() }
    used = 0
  }
}
