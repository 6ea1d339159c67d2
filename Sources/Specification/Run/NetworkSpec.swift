/// Which layers.
package struct NetworkSpec: Hashable, Sendable {
  package var preset = Preset.conv3  // small enough for two cores
  /// Of a custom network, one line each, such as `conv 32 kernel=5`; `nil` for those of the preset.
  package var layers: [String]?

  package init() {}

  package enum Preset: String, SpecChoice {
    /// Dense hidden layers.
    case mlp
    /// Three 3×3 convolutions with max pooling.
    case conv3
    /// Four wider convolutions, near the size of the paper's.
    case conv4
    /// What `layers` says.
    case custom

    /// Those with layers of their own.
    package static let predefined = [Preset.mlp, .conv3, .conv4]
  }
}

extension RunSpec {
  /// A list of layers makes a network custom, and nothing else does.
  func checkNetwork() throws(SpecError) {
    guard network.preset == .custom, network.layers == nil else { return }
    throw SpecError(
      field: "network.layers", "network is \"custom\", but network.layers is missing; accepted: a list of layers.")
  }
}
