package import Parameters
package import ZeroMQ

/// Makes the buffers that a process sends, so that others on the same host can read them where they lie.
///
/// Confined to one thread, like the pools that it serves.
package final class SharedBuffers {
  private let isUsed: Bool
  private var made = 0

  /// - Parameter endpoint: one of those over which the buffers travel.
  package init(for endpoint: Endpoint) {
    isUsed = if case .ipc = endpoint.kind { true } else { false }
  }

  /// A buffer of zeros, in memory of the usual kind where the other is of no use or can't be had.
  package func make<Scalar: KernelScalar>(count: Int) -> Buffer<Scalar> {
    let byteCount = count * MemoryLayout<Scalar>.stride
    guard isUsed, made < SharedMemory.mostSegments, SharedMemory.takes(byteCount: byteCount),
      let segment = Segment(byteCount: byteCount), let start = unsafe segment.memory.bytes.baseAddress
    else { return Buffer(count: count) }
    made += 1
    return unsafe Buffer(borrowing: start.assumingMemoryBound(to: Scalar.self), count: count, owner: segment)
  }
}

/// The memory of one shared buffer, under the name by which it is offered.
final class Segment: Sendable {
  let id = UInt64.random(in: 0...UInt64.max)
  let memory: SealedMemory

  init?(byteCount: Int) {
    guard let memory = SealedMemory.make(byteCount: byteCount) else { return nil }
    self.memory = memory
  }
}
