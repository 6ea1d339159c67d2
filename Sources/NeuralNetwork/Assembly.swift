import Parameters

/// Turns a list of layers into stages and parameters, one layer after another.
struct Assembly {
  let layers: [Layer]
  private let biasBeforeNormalization: Bool
  private(set) var stages: [Stage] = []
  private(set) var parameters: [Parameter] = []
  private(set) var shape: ImageShape
  private(set) var isFlat = false
  private var count = 0
  private var counters: [String: Int] = [:]

  init(_ layers: [Layer], input: ImageShape, biasBeforeNormalization: Bool) throws(NetworkError) {
    self.layers = layers
    self.biasBeforeNormalization = biasBeforeNormalization
    shape = input
    for index in layers.indices {
      try check(index)
      append(index)
    }
  }

  /// The layer after `index`; `nil` after the head.
  func next(after index: Int) -> Layer? { index + 1 < layers.count ? layers[index + 1] : nil }

  private mutating func append(_ index: Int) {
    let layer = layers[index]
    let input = shape
    let before = parameters.count
    let name: String
    switch layer {
    case .convolution(let outputs, let kernel):
      name = numbered("conv")
      shape = ImageShape(channels: outputs, height: input.height, width: input.width)
      addWeights(name, Shape(outputs, input.channels, kernel, kernel), index)
    case .dense(let outputs):
      name = next(after: index) == nil ? "head" : numbered("dense")
      shape = ImageShape(features: outputs)
      addWeights(name, Shape(outputs, input.count), index)
    case .batchNormalization, .groupNormalization, .weightNormalization:
      name = numbered("norm")
      addNormalization(name, index)
    case .maxPool(let window), .averagePool(let window):
      name = layer.kind
      shape = ImageShape(
        channels: input.channels, height: window.positions(along: input.height),
        width: window.positions(along: input.width))
    case .globalAveragePool:
      name = layer.kind
      shape = ImageShape(channels: input.channels, height: 1, width: 1)
    case .flatten:
      name = layer.kind
      shape = ImageShape(features: input.count)
      isFlat = true
    case .relu:
      name = layer.kind
    }
    var ranges: [Parameter.Role: Range<Int>] = [:]
    for parameter in parameters[before...] {
      ranges[parameter.role] = count..<(count + parameter.shape.count)
      count += parameter.shape.count
    }
    stages.append(Stage(name: name, layer: layer, input: input, output: shape, parameters: ranges))
  }

  private mutating func numbered(_ prefix: String) -> String {
    counters[prefix, default: 0] += 1
    return "\(prefix)\(counters[prefix, default: 0])"
  }

  private mutating func addWeights(_ name: String, _ shape: Shape, _ index: Int) {
    let fanIn = shape.count / shape.extents[0]
    let next = next(after: index)
    let isHead = next == nil
    let invariance = next?.invarianceOfWeightsBefore(filters: shape.extents[0]) ?? .none
    parameters.append(
      Parameter(
        layer: name, shape: shape, role: .weight, group: isHead ? .head : .weights,
        invariance: shiftsOutput(index) ? .none : invariance,
        initializer: isHead ? .uniform(fanIn: fanIn) : .heNormal(fanIn: fanIn)))
    guard hasBias(index) else { return }
    // Before a normalization the bias is a control that must break the invariance, which it would not do while it is 0.
    let isControl = next?.isNormalization == true
    parameters.append(
      Parameter(
        layer: name, shape: Shape(shape.extents[0]), role: .bias, group: isHead ? .head : .gammaBeta,
        initializer: isHead || isControl ? .uniform(fanIn: fanIn) : .constant(0)))
  }

  private mutating func addNormalization(_ name: String, _ index: Int) {
    for parameter in layers[index].channelParameters {
      parameters.append(
        Parameter(
          layer: name, shape: Shape(shape.channels), role: parameter.role, group: parameter.group,
          isJointlyInvariant: !parameter.role.isStatistic && losesScale(behind: index),
          initializer: .constant(parameter.value)))
    }
  }

  /// Whether a linear layer has a bias. Before a normalization, β replaces it.
  private func hasBias(_ index: Int) -> Bool {
    next(after: index).map { !$0.isNormalization || biasBeforeNormalization } ?? true
  }

  /// Whether a linear layer's bias reaches the output, so that scaling the weights alone changes the function.
  private func shiftsOutput(_ index: Int) -> Bool {
    layers[index].isLinear && hasBias(index) && next(after: index)?.removesBias != true
  }

  /// Whether a later layer removes the scale of the output of `layers[index]`, with only homogeneous layers in between.
  private func losesScale(behind index: Int) -> Bool {
    for later in (index + 1)..<layers.count {
      if layers[later].removesScale { return true }
      guard layers[later].isPositivelyHomogeneous, !shiftsOutput(later) else { return false }
    }
    return false
  }
}
