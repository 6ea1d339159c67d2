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
    guard let lines = lines(ofPreset: name) else { throw .unknownPreset(name) }
    return try Architecture(
      name: name, lines: lines, normalization: normalization, settings: settings, input: input, classes: classes)
  }

  /// The layers of a preset as a plan would list them; `nil` for a name that none has.
  package static func lines(ofPreset name: String) -> [String]? {
    func hidden(_ line: String) -> [String] { [line, "norm", "relu"] }
    let head = "dense classes"
    return switch name {
    case "mlp": ["flatten"] + hidden("dense 128") + hidden("dense 128") + [head]
    case "conv3":
      [32, 64, 128].flatMap { hidden("conv \($0)") + ["maxPool 2"] } + ["flatten", head]
    case "conv4":
      ["conv 64 kernel=5", "conv 128", "conv 256"].flatMap { hidden($0) + ["maxPool 3 stride=2 padding=1"] }
        + hidden("conv 512") + ["globalAveragePool", "flatten", head]
    default: nil
    }
  }
}
