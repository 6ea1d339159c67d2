package import Parameters

/// Announces a payload frame: `count` elements, little-endian, and nothing else; as they are, or packed.
package struct TensorHeader: Hashable, Sendable {
  package var elementType: ElementType
  /// Elements before the first one in the flat vector of all parameters.
  package var offset: Int
  package var count: Int
  /// How float32 elements are packed; `nil` if they are not.
  package var packing: Packing?

  package struct Packing: Hashable, Sendable {
    /// A lossy one.
    package var format: WireFormat
    /// Of the frame: words of four bytes, not more than the elements.
    package var wordCount: Int

    package init(format: WireFormat, wordCount: Int) {
      self.format = format
      self.wordCount = wordCount
    }
  }

  package init(elementType: ElementType, offset: Int, count: Int, packing: Packing? = nil) {
    self.elementType = elementType
    self.offset = offset
    self.count = count
    self.packing = packing
  }

  /// Announces the content of a segment.
  ///
  /// - Parameters:
  ///   - content: the elements, or the words that they are packed in.
  ///   - packing: in this format; `nil` if they are not packed.
  package init<Scalar: KernelScalar>(
    of content: Buffer<Scalar>, offset: Int, count: Int, packedAs format: WireFormat?
  ) {
    self.init(
      elementType: Scalar.elementType, offset: offset, count: count,
      packing: format.map { Packing(format: $0, wordCount: content.count) })
  }

  /// Length of the payload frame.
  package var byteCount: Int { packing.map { $0.wordCount * Self.wordSize } ?? count * elementType.byteCount }

  package static let wordSize = 4
}
