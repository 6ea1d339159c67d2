import Parameters

/// Turns a list of layers into stages and parameters, one layer after another.
struct Assembly {
  let chain: LayerChain
  private(set) var stages: [Stage] = []
  private(set) var parameters: [Parameter] = []
  private(set) var shape: ImageShape
  private(set) var isFlat = false
  private var count = 0
  /// What `save` layers keep until it is added.
  private(set) var saved: [String: Saved] = [:]
  private var counters: [String: Int] = [:]

  struct Saved {
    let shape: ImageShape
    let isFlat: Bool
  }

  init(_ chain: LayerChain, input: ImageShape) throws(NetworkError) {
    self.chain = chain
    shape = input
    for index in chain.layers.indices {
      try check(index)
      append(index)
    }
  }

  private mutating func append(_ index: Int) {
    let layer = chain.layers[index]
    let input = shape
    let before = parameters.count
    let name: String
    switch layer {
    case .convolution(let outputs, let kernel, let stride):
      name = numbered("conv")
      shape = ImageShape(
        channels: outputs, height: (input.height - 1) / stride + 1, width: (input.width - 1) / stride + 1)
      addWeights(name, Shape(outputs, input.channels, kernel, kernel), index)
    case .dense(let outputs):
      name = chain.next(after: index) == nil ? "head" : numbered("dense")
      shape = ImageShape(features: outputs)
      addWeights(name, Shape(outputs, input.count), index)
    case .batchNormalization, .groupNormalization, .rmsNormalization, .weightNormalization:
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
    case .save(let tag):
      name = layer.kind
      saved[tag] = Saved(shape: shape, isFlat: isFlat)
    case .add(let tag):
      name = layer.kind
      saved[tag] = nil
    case .relu, .gelu, .dropout:
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
    let next = chain.next(after: index)
    let isHead = next == nil
    let invariance = next?.invarianceOfWeightsBefore(filters: shape.extents[0]) ?? .none
    parameters.append(
      Parameter(
        layer: name, shape: shape, role: .weight, group: isHead ? .head : .weights,
        invariance: chain.shiftsOutput(index) ? .none : invariance,
        initializer: isHead ? .uniform(fanIn: fanIn) : .heNormal(fanIn: fanIn)))
    guard chain.hasBias(index) else { return }
    // Before a normalization the bias is a control that must break the invariance, which it would not do while it is 0.
    let isControl = next?.isNormalization == true
    parameters.append(
      Parameter(
        layer: name, shape: Shape(shape.extents[0]), role: .bias, group: isHead ? .head : .gammaBeta,
        initializer: isHead || isControl ? .uniform(fanIn: fanIn) : .constant(0)))
  }

  private mutating func addNormalization(_ name: String, _ index: Int) {
    for parameter in chain.layers[index].channelParameters {
      parameters.append(
        Parameter(
          layer: name, shape: Shape(shape.channels), role: parameter.role, group: parameter.group,
          isJointlyInvariant: !parameter.role.isStatistic && chain.losesScale(after: index),
          initializer: .constant(parameter.value)))
    }
  }
}
