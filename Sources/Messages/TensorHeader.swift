package import Parameters

/// Announces a payload frame: `count` elements, little-endian, and nothing else.
package struct TensorHeader: Hashable, Sendable {
  package var elementType: ElementType
  /// Elements before the first one in the flat vector of all parameters.
  package var offset: Int
  package var count: Int

  package init(elementType: ElementType, offset: Int, count: Int) {
    self.elementType = elementType
    self.offset = offset
    self.count = count
  }

  /// Length of the payload frame.
  package var byteCount: Int { count * elementType.byteCount }
}
