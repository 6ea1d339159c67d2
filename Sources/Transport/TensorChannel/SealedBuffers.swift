import Synchronization
import ZeroMQ

/// Memory for sealed payloads, used again once it has been sent: fresh memory would cost a page fault for every 4 KiB. Any thread may
/// ask for some.
@safe final class SealedBuffers: Sendable {
  private let memories = Mutex<[Memory]>([])
  /// So many are kept when they are idle; there may be any number under way.
  private let capacity = Atomic(4)

  @safe private final class Memory: @unchecked Sendable {
    let bytes: UnsafeMutableRawBufferPointer

    init(count: Int) { unsafe bytes = .allocate(byteCount: count, alignment: 64) }

    deinit { unsafe bytes.deallocate() }
  }

  /// Keeps so many, if more are written at a time than are kept.
  func keep(atLeast count: Int) { capacity.max(count, ordering: .relaxed) }

  /// A frame of `count` bytes that `write` fills.
  func frame(count: Int, _ write: (UnsafeMutableRawBufferPointer) -> Void) throws(ZeroMQError) -> Frame {
    let memory = take(count: count)
    let bytes = unsafe UnsafeMutableRawBufferPointer(rebasing: memory.bytes[..<count])
    unsafe write(bytes)
    return try unsafe Frame(lending: UnsafeRawBufferPointer(bytes), of: memory)
  }

  private func take(count: Int) -> Memory {
    memories.withLock { memories in
      // Frames hold the other references.
      for index in memories.indices where isKnownUniquelyReferenced(&memories[index]) {
        // libzmq has released it on its own thread: its reads must happen before our writes.
        atomicMemoryFence(ordering: .acquiring)
        if unsafe memories[index].bytes.count < count { memories[index] = Memory(count: count) }
        return memories[index]
      }
      let memory = Memory(count: count)
      if memories.count < capacity.load(ordering: .relaxed) { memories.append(memory) }
      return memory
    }
  }
}
