package import Parameters

/// The predefined networks.
extension Architecture {
  package static let presets = ["mlp", "conv3", "conv4"]

  /// - Parameters:
  ///   - name: one of `presets`.
  ///   - normalization: follows each hidden convolution or dense layer.
  ///   - settings: its constants; those that it does not use are ignored.
  ///   - input: extents of a sample, which determine all other extents.
  ///   - classes: outputs of the head.
  package static func preset(
    _ name: String, normalization: Normalization = .batch, settings: Normalization.Settings = .init(),
    input: ImageShape, classes: Int = 10
  ) throws(NetworkError) -> Architecture {
    let normalizer = normalization.operation.map { [Layer($0, settings)] } ?? []
    func hidden(_ layer: Layer) -> [Layer] { [layer] + normalizer + [.relu] }
    let layers: [Layer]
    switch name {
    case "mlp":
      layers = [.flatten] + [128, 128].flatMap { hidden(.dense(outputs: $0)) } + [.dense(outputs: classes)]
    case "conv3":
      let blocks = [32, 64, 128].flatMap { outputs in
        hidden(.convolution(outputs: outputs, kernel: 3)) + [.maxPool(.init(size: 2, stride: 2))]
      }
      layers = blocks + [.flatten, .dense(outputs: classes)]
    case "conv4":
      let blocks = [(64, 5), (128, 3), (256, 3)].flatMap { outputs, kernel in
        hidden(.convolution(outputs: outputs, kernel: kernel)) + [.maxPool(.init(size: 3, stride: 2, padding: 1))]
      }
      let last = hidden(.convolution(outputs: 512, kernel: 3))
      layers = blocks + last + [.globalAveragePool, .flatten, .dense(outputs: classes)]
    default:
      throw .unknownPreset(name)
    }
    return try Architecture(
      name: name, input: input, layers: layers, biasBeforeNormalization: settings.biasBefore)
  }
}
