/// What stands between the weights and the nonlinearity of a preset's hidden layers.
package enum Normalization: String, Hashable, Sendable, Codable, CaseIterable {
  case none, batch

  /// The layers that a preset puts behind each hidden convolution or dense layer.
  var layers: [Layer] {
    switch self {
    case .none: []
    case .batch: [.batchNormalization]
    }
  }
}
