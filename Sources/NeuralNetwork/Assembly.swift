import Parameters

/// Turns a list of layers into stages and parameters, one layer after another.
struct Assembly {
  private(set) var stages: [Stage] = []
  private(set) var parameters: [Parameter] = []
  private var shape: ImageShape
  private var isFlat: Bool
  private var count = 0
  private var counters: [String: Int] = [:]

  init(input: ImageShape) {
    shape = input
    isFlat = false
  }

  mutating func append(_ layers: [Layer], _ index: Int) throws(NetworkError) {
    let layer = layers[index]
    let next = index + 1 < layers.count ? layers[index + 1] : nil
    try check(layer, index, next: next)
    let input = shape
    let before = parameters.count
    let name: String
    switch layer {
    case .convolution(let outputs, let kernel):
      name = numbered("conv")
      shape = ImageShape(channels: outputs, height: input.height, width: input.width)
      addWeights(name, Shape(outputs, input.channels, kernel, kernel), next: next)
    case .dense(let outputs):
      name = next == nil ? "head" : numbered("dense")
      shape = ImageShape(features: outputs)
      addWeights(name, Shape(outputs, input.count), next: next)
    case .batchNormalization:
      name = numbered("norm")
      addNormalization(name, channels: input.channels)
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

  private mutating func addWeights(_ name: String, _ shape: Shape, next: Layer?) {
    let fanIn = shape.count / shape.extents[0]
    let invariance = next?.invarianceOfWeightsBefore ?? .none
    let isHead = next == nil
    parameters.append(
      Parameter(
        layer: name, shape: shape, role: .weight, group: isHead ? .head : .weights, invariance: invariance,
        initializer: isHead ? .uniform(fanIn: fanIn) : .heNormal(fanIn: fanIn)))
    // A normalisation takes out any constant of a channel: a bias before it would have no gradient.
    guard invariance == .none else { return }
    parameters.append(
      Parameter(
        layer: name, shape: Shape(shape.extents[0]), role: .bias, group: isHead ? .head : .gammaBeta,
        initializer: isHead ? .uniform(fanIn: fanIn) : .constant(0)))
  }

  private mutating func addNormalization(_ name: String, channels: Int) {
    let values: [(Parameter.Role, Parameter.Group, Double)] = [
      (.gamma, .gammaBeta, 1), (.beta, .gammaBeta, 0), (.runningMean, .statistics, 0),
      (.runningVariance, .statistics, 1),
    ]
    for (role, group, value) in values {
      parameters.append(
        Parameter(layer: name, shape: Shape(channels), role: role, group: group, initializer: .constant(value)))
    }
  }

  private func check(_ layer: Layer, _ index: Int, next: Layer?) throws(NetworkError) {
    func refuse(_ problem: String) -> NetworkError { .layer(index: index, kind: layer.kind, problem: problem) }
    let extents = 1...Architecture.largestExtent
    switch layer {
    case .convolution(let outputs, let kernel):
      guard !isFlat else { throw refuse("an image layer cannot follow flatten") }
      guard extents.contains(outputs) else { throw refuse("outputs is \(outputs); it must be in \(extents)") }
      guard kernel % 2 == 1, (1...31).contains(kernel) else {
        throw refuse("kernel is \(kernel); it must be an odd number from 1 to 31")
      }
    case .dense(let outputs):
      guard isFlat else { throw refuse("a dense layer reads a flat vector: put flatten before it") }
      guard extents.contains(outputs) else { throw refuse("outputs is \(outputs); it must be in \(extents)") }
    case .maxPool(let window), .averagePool(let window):
      guard !isFlat else { throw refuse("an image layer cannot follow flatten") }
      try check(window, refuse)
    case .globalAveragePool:
      guard !isFlat else { throw refuse("an image layer cannot follow flatten") }
    case .flatten:
      guard !isFlat else { throw refuse("the vector is flat already") }
      guard case .dense = next else { throw refuse("a dense layer must follow it") }
    case .batchNormalization, .relu:
      break
    }
    guard next == nil else { return }
    guard case .dense(let classes) = layer, classes <= 256 else {
      throw refuse("the last layer must be dense with at most 256 outputs, one a class")
    }
  }

  private func check(_ window: Layer.Window, _ refuse: (String) -> NetworkError) throws(NetworkError) {
    let extents = 1...Architecture.largestExtent
    guard extents.contains(window.size), extents.contains(window.stride) else {
      throw refuse("size \(window.size) and stride \(window.stride) must be in \(extents)")
    }
    guard window.padding >= 0, 2 * window.padding <= window.size else {
      throw refuse("padding is \(window.padding); it must be from 0 to half the size")
    }
    guard min(shape.height, shape.width) + 2 * window.padding >= window.size else {
      throw refuse("a window of \(window.size) does not fit into \(shape) with padding \(window.padding)")
    }
  }
}
