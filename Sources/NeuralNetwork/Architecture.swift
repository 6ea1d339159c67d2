package import Parameters

/// A network as a value: its layers in order, the input and output of each, and all its parameters.
///
/// Everything is derived from `layers`: a layer directly before a normalization has scale-invariant weights and no
/// bias, the last layer is the head, and extents follow from the arithmetic of the windows.
package struct Architecture: Hashable, Sendable {
  package let name: String
  package let input: ImageShape
  package let layers: [Layer]
  /// Whether layers directly before a normalization have a bias nevertheless.
  package let biasBeforeNormalization: Bool
  package let stages: [Stage]
  /// All parameters in network order, including statistics.
  package let layout: ParameterLayout

  /// - Throws: `NetworkError`, which names the layer that does not fit or the field that is out of range.
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

  /// The number of values per channel over which `stage` takes statistics of a microbatch, which must be at least 2;
  /// `nil` if it takes none.
  func valuesPerChannel(of stage: Stage, microbatch: Int) -> Int? {
    guard case .batchNormalization = stage.layer else { return nil }
    return microbatch * stage.input.area
  }

  static let largestExtent = 1 << 14
}
