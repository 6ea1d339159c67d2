package import Parameters

/// A network as a value: its layers in order, what each reads and makes, and all its parameters.
///
/// Everything below `layers` follows from structure: a layer directly before a normalisation has scale-invariant weights
/// and no bias, the last layer is the head, extents follow the arithmetic of the windows.
package struct Architecture: Hashable, Sendable {
  package let name: String
  package let input: ImageShape
  package let layers: [Layer]
  /// Whether layers directly before a normalisation have a bias all the same.
  package let biasBeforeNormalization: Bool
  package let stages: [Stage]
  /// All parameters in network order; statistics included.
  package let layout: ParameterLayout

  /// - Throws: `NetworkError` that names the layer which does not fit, or the field out of range.
  package init(
    name: String, input: ImageShape, layers: [Layer], biasBeforeNormalization: Bool = false
  ) throws(NetworkError) {
    let extents = [input.channels, input.height, input.width]
    guard extents.allSatisfy({ (1...Architecture.largestExtent).contains($0) }) else {
      throw .invalid(
        field: "input", value: "\(input)", accepted: "three extents from 1 to \(Architecture.largestExtent)")
    }
    guard !layers.isEmpty else {
      throw .invalid(field: "layers", value: "an empty list", accepted: "a list that ends with a dense layer")
    }
    self.name = name
    self.input = input
    self.layers = layers
    self.biasBeforeNormalization = biasBeforeNormalization
    let assembly = try Assembly(layers, input: input, biasBeforeNormalization: biasBeforeNormalization)
    stages = assembly.stages
    layout = ParameterLayout(assembly.parameters)
  }

  /// Number of classes: the outputs of the head.
  package var classes: Int { stages[stages.count - 1].output.channels }

  /// What `stage` needs more than one value of, per channel and microbatch: `nil` where it takes no statistics.
  func valuesPerChannel(of stage: Stage, microbatch: Int) -> Int? {
    guard case .batchNormalization = stage.layer else { return nil }
    return microbatch * stage.input.area
  }

  static let largestExtent = 1 << 14
}
