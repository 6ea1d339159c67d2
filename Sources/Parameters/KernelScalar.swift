/// The element types that weights can have, and the loops that run over them.
///
/// A generic loop called across a module boundary is hundreds of times slower than a specialised one, so each hot loop
/// is a static requirement here, implemented for `Float` and `Double` by one C body. Code above may stay generic: it
/// pays one witness call per tensor.
package protocol KernelScalar: BinaryFloatingPoint, SIMDScalar, Codable, Sendable {
  static var elementType: ElementType { get }

  /// sum[i] = a[i] + b[i]; `sum` may be `a` or `b`.
  static func add(
    _ a: UnsafePointer<Self>, _ b: UnsafePointer<Self>, into sum: UnsafeMutablePointer<Self>, count: Int)
}

/// How one element is stored, on the wire and in files; always little-endian.
package enum ElementType: String, Hashable, Sendable, Codable, CaseIterable {
  case float32, float64

  package var byteCount: Int { self == .float32 ? 4 : 8 }
}
