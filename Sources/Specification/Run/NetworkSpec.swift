/// Which layers.
package struct NetworkSpec: Hashable, Sendable {
  package var preset = Preset.conv3  // small enough for two cores

  package init() {}

  package enum Preset: String, SpecChoice {
    /// Dense hidden layers.
    case mlp
    /// Three 3×3 convolutions with max pooling.
    case conv3
    /// Four wider convolutions, near the size of the paper's.
    case conv4
  }
}
