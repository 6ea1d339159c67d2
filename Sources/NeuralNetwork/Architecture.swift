package import Parameters

/// A network as a value: its layers in order, the input and output of each, and all its parameters.
///
/// Everything is derived from `layers`: a layer directly before a normalization has scale-invariant weights and no
/// bias, the last layer is the head, and extents follow from the arithmetic of the windows.
package struct Architecture: Hashable, Sendable {
  package let name: String
  package let input: ImageShape
  let chain: LayerChain
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
    chain = LayerChain(layers: layers, biasBeforeNormalization: biasBeforeNormalization)
    let assembly = try Assembly(chain, input: input)
    stages = assembly.stages
    layout = ParameterLayout(assembly.parameters)
  }

  package var layers: [Layer] { chain.layers }

  /// Whether layers directly before a normalization have a bias nevertheless.
  package var biasBeforeNormalization: Bool { chain.biasBeforeNormalization }

  /// Number of classes: the outputs of the head.
  package var classes: Int { stages[stages.count - 1].output.channels }

  /// The number of values per channel over which `stage` takes statistics of a microbatch, which must be at least 2;
  /// `nil` if it takes none.
  func valuesPerChannel(of stage: Stage, microbatch: Int) -> Int? {
    guard case .batchNormalization = stage.layer else { return nil }
    return microbatch * stage.input.area
  }

  /// - Throws: for a microbatch with which a layer would take the variance of a single value.
  package func check(microbatch: Int) throws(NetworkError) {
    for stage in stages where valuesPerChannel(of: stage, microbatch: microbatch) == 1 {
      throw .invalid(
        field: "microbatch", value: "\(microbatch)",
        accepted: "at least 2, because \(stage.name) takes the variance of the microbatch")
    }
  }

  static let largestExtent = 1 << 14
}
