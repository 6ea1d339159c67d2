import Synchronization

/// Buffers of one size, used again once nobody else refers to them.
///
/// The pool keeps a reference to each buffer it made; a buffer is free when the pool's is the only one left. So there
/// is nothing to give back and nothing to forget.
///
/// Belongs to one thread, as the state machine that owns it does.
package final class BufferPool<Scalar: KernelScalar> {
  private let count: Int
  private var buffers: [Buffer<Scalar>] = []

  package init(count: Int) { self.count = count }

  /// A buffer that the caller may write; its content is left from earlier use.
  package func take() -> Buffer<Scalar> {
    for index in buffers.indices where isKnownUniquelyReferenced(&buffers[index]) {
      // The last reader let go on its own thread; see what it did before we write.
      atomicMemoryFence(ordering: .acquiring)
      return buffers[index]
    }
    buffers.append(Buffer(count: count))
    return buffers[buffers.count - 1]
  }
}
