package import Parameters

/// A network as a value: its layers in order, what each reads and makes, and all its parameters.
///
/// Everything below `layers` follows from structure: a layer directly before a normalisation has no bias and
/// scale-invariant filters, the last layer is the head, extents follow the arithmetic of the windows.
package struct Architecture: Hashable, Sendable {
  package let name: String
  package let input: ImageShape
  package let layers: [Layer]
  package let stages: [Stage]
  /// All parameters in network order; statistics included.
  package let layout: ParameterLayout

  /// Added to the variance under the root of every normalisation.
  package static let epsilon = 1e-5

  /// - Throws: `NetworkError` that names the layer which does not fit, or the field out of range.
  package init(
    name: String, input: ImageShape, layers: [Layer]
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
    var assembly = Assembly(input: input)
    for index in layers.indices { try assembly.append(layers, index) }
    stages = assembly.stages
    layout = ParameterLayout(assembly.parameters)
  }

  /// Number of classes: the outputs of the head.
  package var classes: Int { stages[stages.count - 1].output.channels }

  /// What `stage` needs more than one value of, per channel and microbatch: `nil` where it takes no statistics.
  func valuesPerChannel(of stage: Stage, microbatch: Int) -> Int? {
    stage.layer == .batchNormalization ? microbatch * stage.input.area : nil
  }

  static let largestExtent = 1 << 14
}
