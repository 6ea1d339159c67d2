package import Parameters

/// A tensor lent for reading: its name, extents and elements in row-major order, little-endian.
///
/// Its creator must keep `bytes` alive and unchanged while it is used.
@safe package struct NamedTensor {
  package let name: String
  package let elementType: ElementType
  package let extents: [Int]
  package let bytes: UnsafeRawBufferPointer

  /// - Precondition: `bytes` has as many elements as the extents multiply to; extents may be empty (a scalar).
  package init(_ name: String, _ elementType: ElementType, _ extents: [Int], bytes: UnsafeRawBufferPointer) {
    precondition(bytes.count == extents.reduce(elementType.byteCount, *), "\(name) has all its elements")
    self.name = name
    self.elementType = elementType
    self.extents = extents
    unsafe self.bytes = bytes
  }

  /// Sorted by the bytes of their names, as in other languages.
  static func sorted(_ tensors: [NamedTensor]) -> [NamedTensor] {
    tensors.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
  }
}
