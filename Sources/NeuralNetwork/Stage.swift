package import Parameters

/// A layer in its position: its input and output, and the ranges of its parameters in the flat vector.
package struct Stage: Hashable, Sendable {
  /// Such as `conv1`, `norm1`, `head`; layers without parameters are named after their kind.
  package let name: String
  package let layer: Layer
  package let input: ImageShape
  package let output: ImageShape
  /// Ranges of the flat vector by role.
  package let parameters: [Parameter.Role: Range<Int>]

  /// The offset of a parameter, which the layer has by construction.
  func offset(_ role: Parameter.Role) -> Int {
    guard let range = parameters[role] else { preconditionFailure("\(name) has no \(role.rawValue)") }
    return range.lowerBound
  }

  func offset(ifPresent role: Parameter.Role) -> Int? { parameters[role]?.lowerBound }
}
