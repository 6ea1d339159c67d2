import Synchronization

/// Initial weights shared by the runs of one process. The runs of a sweep that differ only in rates have the same ones,
/// and drawing the weights of a small network takes as long as tens of updates.
package final class InitialWeightsCache: Sendable {
  /// Everything that determines the weights.
  struct Key: Hashable, Sendable {
    let seed: UInt64
    let initializer: Parameter.Initializer
    let scale: Double
    let parameter: Int
    let elements: Range<Int>
    let elementType: ElementType
  }

  private struct Content {
    var buffers: [Key: any Sendable] = [:]
    var byteCount = 0
  }

  private let content = Mutex(Content())

  /// Capacity in bytes; evicts everything when full.
  private static let room = 64 << 20

  package init() {}

  /// The weights of `key`, drawn on first use.
  func weights<Scalar: KernelScalar>(_ key: Key, draw: (Buffer<Scalar>) -> Void) -> Buffer<Scalar> {
    // Concurrent callers wait and then find the same weights.
    content.withLock { content in
      if let buffer = content.buffers[key] as? Buffer<Scalar> { return buffer }
      let buffer = Buffer<Scalar>(count: key.elements.count)
      draw(buffer)
      let byteCount = buffer.count * MemoryLayout<Scalar>.stride
      if content.byteCount + byteCount > Self.room { content = Content() }
      if byteCount <= Self.room {
        content.buffers[key] = buffer
        content.byteCount += byteCount
      }
      return buffer
    }
  }
}
