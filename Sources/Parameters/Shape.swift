/// The extents of a tensor, outermost first: `[out, in, height, width]` for a convolution's weights (OIHW),
/// `[out, in]` for a dense layer's, `[channels]` for γ, β and running statistics.
package struct Shape: Hashable, Sendable, Codable, CustomStringConvertible {
  package let extents: [Int]

  package init(_ extents: Int...) { self.init(extents) }

  package init(_ extents: [Int]) {
    precondition(!extents.isEmpty && extents.allSatisfy { $0 > 0 }, "a shape has positive extents, not \(extents)")
    self.extents = extents
  }

  /// Number of elements.
  package var count: Int { extents.reduce(1, *) }

  package var description: String { Self.text(of: extents) }

  /// `3×32×32`, also of extents that no shape has.
  package static func text(of extents: [Int]) -> String { extents.map(String.init).joined(separator: "×") }
}
