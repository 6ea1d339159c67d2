import Synchronization

/// Initial weights that the runs of one process share: those of a sweep that differ only in rates begin alike, and to draw
/// the weights of a small network takes as long as tens of its updates.
package final class InitialWeightsCache: Sendable {
  /// Everything that decides the numbers.
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

  /// Bytes that are kept at most; for more, what is there makes room.
  private static let room = 64 << 20

  package init() {}

  /// The weights of `key`; whoever asks first draws them.
  func weights<Scalar: KernelScalar>(_ key: Key, draw: (Buffer<Scalar>) -> Void) -> Buffer<Scalar> {
    // Others wait, and find the same weights there.
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
