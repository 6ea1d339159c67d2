package import Parameters

/// What a file says of a tensor before its elements.
package struct TensorHeading: Hashable, Sendable {
  package let name: String
  package let elementType: ElementType
  package let extents: [Int]

  /// - Parameter extents: may be empty (a scalar).
  package init(_ name: String, _ elementType: ElementType, _ extents: [Int]) {
    (self.name, self.elementType, self.extents) = (name, elementType, extents)
  }

  /// Of the elements.
  package var byteCount: Int { extents.reduce(elementType.byteCount, *) }

  /// Whether it comes first in a file: by the bytes of the names, as in other languages.
  package func precedes(_ other: Self) -> Bool { name.utf8.lexicographicallyPrecedes(other.name.utf8) }
}

/// A tensor lent for reading: its heading, and its elements in row-major order, little-endian.
///
/// Its creator must keep `bytes` alive and unchanged while it is used.
@safe package struct NamedTensor {
  package let heading: TensorHeading
  package let bytes: UnsafeRawBufferPointer

  /// - Precondition: `bytes` has as many elements as the extents multiply to.
  package init(_ name: String, _ elementType: ElementType, _ extents: [Int], bytes: UnsafeRawBufferPointer) {
    heading = TensorHeading(name, elementType, extents)
    precondition(bytes.count == heading.byteCount, "\(name) has all its elements")
    unsafe self.bytes = bytes
  }

  static func sorted(_ tensors: [NamedTensor]) -> [NamedTensor] {
    tensors.sorted { $0.heading.precedes($1.heading) }
  }
}
