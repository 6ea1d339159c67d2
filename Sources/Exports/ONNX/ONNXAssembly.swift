import NeuralNetwork
import Parameters

/// Turns the stages of a network into ONNX operators, one stage after another.
struct ONNXAssembly {
  private(set) var graph: ONNXGraph
  private let architecture: Architecture
  private let folds: Bool
  private let weights: (Parameter) -> [Double]
  /// The output of the stage before, and what `save` layers kept.
  private var current = "images"
  private var saved: [String: String] = [:]

  init(_ architecture: Architecture, folds: Bool, weights: @escaping (Parameter) -> [Double]) {
    self.architecture = architecture
    self.folds = folds
    self.weights = weights
    let shape = architecture.input
    graph = ONNXGraph(
      input: .init(name: "images", type: .uint8, extents: [shape.channels, shape.height, shape.width]),
      output: .init(name: "scores", type: .float, extents: [architecture.classes]))
  }

  /// (byte / 255 − mean) / deviation.
  mutating func standardize(mean: [Double], deviation: [Double]) {
    let extents = [1, mean.count, 1, 1]
    let bytes = graph.append(
      "Cast", [current], named: "bytes", [.init("to", Int(ONNXGraph.ElementType.float.rawValue))])
    let centered = graph.append(
      "Sub", [bytes, graph.constant("mean", extents, mean.map { $0 * 255 })], named: "centered")
    current = graph.append(
      "Div", [centered, graph.constant("deviation", extents, deviation.map { $0 * 255 })], named: "standardized")
  }

  mutating func append(_ index: Int) {
    let stage = architecture.stages[index]
    let isLast = index == architecture.stages.count - 1
    /// Layers without parameters share a name.
    let name = isLast ? "scores" : "\(stage.name)_\(index)"
    switch stage.layer {
    case .convolution, .dense: current = linear(stage, index, named: name)
    case .weightNormalization: break  // part of the layer before
    case .batchNormalization where isFolded(index): break
    case .batchNormalization(let epsilon):
      let parameters = [Parameter.Role.gamma, .beta, .runningMean, .runningVariance].map { constant(stage, $0) }
      current = graph.append("BatchNormalization", [current] + parameters, named: name, [.init("epsilon", epsilon)])
    case .groupNormalization(let groups, let epsilon):
      current = affine(grouped(current, stage, groups, epsilon, named: name), stage, named: name)
    case .rmsNormalization(let epsilon):
      current = affine(scaled(current, stage, epsilon, named: name), stage, named: name)
    case .relu: current = graph.append("Relu", [current], named: name)
    case .gelu: current = gelu(named: name)
    case .dropout: break
    case .save(let tag): saved[tag] = current
    case .add(let tag): current = add(tag, index, named: name)
    case .maxPool(let window): current = graph.append("MaxPool", [current], named: name, Self.attributes(window))
    case .averagePool(let window):
      current = graph.append(
        "AveragePool", [current], named: name, Self.attributes(window) + [.init("count_include_pad", 1)])
    case .globalAveragePool: current = graph.append("GlobalAveragePool", [current], named: name)
    case .flatten: current = graph.append("Flatten", [current], named: name, [.init("axis", 1)])
    }
  }

  private mutating func linear(_ stage: Stage, _ index: Int, named name: String) -> String {
    var (weight, bias) = (values(stage, .weight) ?? [], values(stage, .bias))
    let extents = parameter(stage, .weight)?.shape.extents ?? []
    let outputs = extents.first ?? 1
    let next = index + 1 < architecture.stages.count ? architecture.stages[index + 1] : nil
    var weightName: String?
    if let next, next.layer == .weightNormalization {
      bias = values(next, .beta)
      if folds {
        let gamma = values(next, .gamma) ?? []
        let norms = Self.norms(of: weight, filters: outputs)
        Self.scale(&weight, by: zip(gamma, norms).map { $0 / $1 })
      } else {
        weightName = normalized(stage, next, weight, extents)
      }
    } else if let next, isFolded(index + 1), case .batchNormalization(let epsilon) = next.layer {
      let (gamma, beta) = (values(next, .gamma) ?? [], values(next, .beta) ?? [])
      let (mean, variance) = (values(next, .runningMean) ?? [], values(next, .runningVariance) ?? [])
      let factors = zip(gamma, variance).map { $0 / ($1 + epsilon).squareRoot() }
      Self.scale(&weight, by: factors)
      let before = bias ?? [Double](repeating: 0, count: outputs)
      bias = (0..<outputs).map { (before[$0] - mean[$0]) * factors[$0] + beta[$0] }
    }
    var inputs = [current, weightName ?? graph.constant("\(stage.name).weight", extents, weight)]
    if let bias { inputs.append(graph.constant("\(stage.name).bias", [outputs], bias)) }
    guard case .convolution(_, let kernel, let stride) = stage.layer else {
      return graph.append("Gemm", inputs, named: name, [.init("transB", 1)])
    }
    return graph.append(
      "Conv", inputs, named: name,
      [
        .init("kernel_shape", [kernel, kernel]), .init("strides", [stride, stride]),
        .init("pads", [Int](repeating: kernel / 2, count: 4)),
      ])
  }

  /// γ v / ‖v‖ of each filter, as operators.
  private mutating func normalized(
    _ stage: Stage, _ normalization: Stage, _ weight: [Double], _ extents: [Int]
  ) -> String {
    let name = stage.name
    let direction = graph.constant("\(name).direction", extents, weight)
    let norm = graph.append(
      "ReduceL2", [direction], named: "\(name).norm", [.init("axes", Array(1..<extents.count)), .init("keepdims", 1)])
    let unit = graph.append("Div", [direction, norm], named: "\(name).unit")
    let length = graph.constant(
      "\(name).length", [extents[0]] + [Int](repeating: 1, count: extents.count - 1),
      values(normalization, .gamma) ?? [])
    return graph.append("Mul", [unit, length], named: "\(name).weight")
  }

  /// (x − mean) / √(variance + ε) of each group of channels, which are the channels of an instance normalization.
  private mutating func grouped(
    _ x: String, _ stage: Stage, _ groups: Int, _ epsilon: Double, named name: String
  ) -> String {
    let rows = graph.append(
      "Reshape", [x, graph.constant("\(name).rows", wholes: [0, groups, -1])], named: "\(name).grouped")
    let one = graph.constant("\(name).one", [groups], [Double](repeating: 1, count: groups))
    let zero = graph.constant("\(name).zero", [groups], [Double](repeating: 0, count: groups))
    let normalized = graph.append(
      "InstanceNormalization", [rows, one, zero], named: "\(name).normalized", [.init("epsilon", epsilon)])
    return graph.append(
      "Reshape", [normalized, graph.constant("\(name).extents", wholes: [-1] + extents(stage))],
      named: "\(name).ungrouped")
  }

  /// x / √(mean square + ε).
  private mutating func scaled(_ x: String, _ stage: Stage, _ epsilon: Double, named name: String) -> String {
    let square = graph.append("Mul", [x, x], named: "\(name).square")
    let axes = Array(1...extents(stage).count)
    let mean = graph.append(
      "ReduceMean", [square], named: "\(name).mean", [.init("axes", axes), .init("keepdims", 1)])
    let sum = graph.append("Add", [mean, graph.constant("\(name).epsilon", [1], [epsilon])], named: "\(name).sum")
    let root = graph.append("Sqrt", [sum], named: "\(name).root")
    return graph.append("Div", [x, root], named: "\(name).normalized")
  }

  /// γ x + β of each channel.
  private mutating func affine(_ x: String, _ stage: Stage, named name: String) -> String {
    let extents = [1, stage.input.channels] + [Int](repeating: 1, count: extents(stage).count - 1)
    let gamma = graph.constant("\(stage.name).weight", extents, values(stage, .gamma) ?? [])
    let beta = graph.constant("\(stage.name).bias", extents, values(stage, .beta) ?? [])
    return graph.append("Add", [graph.append("Mul", [x, gamma], named: "\(name).scaled"), beta], named: name)
  }

  /// x (1 + erf(x / √2)) / 2: an operator of its own only in later versions.
  private mutating func gelu(named name: String) -> String {
    let root = graph.constant("\(name).root", [1], [Double(2).squareRoot()])
    let error = graph.append("Erf", [graph.append("Div", [current, root], named: "\(name).x")], named: "\(name).erf")
    let sum = graph.append("Add", [error, graph.constant("\(name).one", [1], [1])], named: "\(name).sum")
    let product = graph.append("Mul", [current, sum], named: "\(name).product")
    return graph.append("Mul", [product, graph.constant("\(name).half", [1], [0.5])], named: name)
  }

  /// What was saved, subsampled and padded if the sum has other extents.
  private mutating func add(_ tag: String, _ index: Int, named name: String) -> String {
    var addend = saved[tag] ?? current
    let stage = architecture.stages[index]
    let source = architecture.stages[..<index].last { $0.layer == .save(tag) }?.output ?? stage.input
    if source != stage.input {
      let stride = Shortcut(from: source, to: stage.input).stride
      if stride > 1 {
        let bounds = [
          ("starts", [0, 0]), ("ends", [source.height, source.width]), ("axes", [2, 3]), ("steps", [stride, stride]),
        ].map { graph.constant("\(name).\($0)", wholes: $1) }
        addend = graph.append("Slice", [addend] + bounds, named: "\(name).taken")
      }
      let missing = stage.input.channels - source.channels
      if missing > 0 {
        let pads = graph.constant("\(name).pads", wholes: [0, 0, 0, 0, 0, missing, 0, 0])
        addend = graph.append("Pad", [addend, pads], named: "\(name).padded")
      }
    }
    return graph.append("Add", [current, addend], named: name)
  }

  /// Whether this batch normalization is part of the weights of the layer before it.
  private func isFolded(_ index: Int) -> Bool {
    guard folds, index > 0, case .batchNormalization = architecture.stages[index].layer else { return false }
    switch architecture.stages[index - 1].layer {
    case .convolution, .dense: return true
    default: return false
    }
  }

  private func parameter(_ stage: Stage, _ role: Parameter.Role) -> Parameter? {
    architecture.layout.parameters.first { $0.layer == stage.name && $0.role == role }
  }

  private func values(_ stage: Stage, _ role: Parameter.Role) -> [Double]? { parameter(stage, role).map(weights) }

  private mutating func constant(_ stage: Stage, _ role: Parameter.Role) -> String {
    let values = values(stage, role) ?? []
    return graph.constant("\(stage.name).\(role.rawValue)", [values.count], values)
  }

  /// Of a sample where the stage stands: one extent after flatten, three before.
  private func extents(_ stage: Stage) -> [Int] {
    let index = architecture.stages.firstIndex(of: stage) ?? 0
    let isFlat = architecture.layers[..<index].contains(.flatten)
    return isFlat ? [stage.input.count] : [stage.input.channels, stage.input.height, stage.input.width]
  }

  private static func attributes(_ window: Layer.Window) -> [ONNXGraph.Attribute] {
    [
      .init("kernel_shape", [window.size, window.size]), .init("strides", [window.stride, window.stride]),
      .init("pads", [Int](repeating: window.padding, count: 4)),
    ]
  }

  private static func norms(of weight: [Double], filters: Int) -> [Double] {
    let length = weight.count / filters
    return (0..<filters).map { filter in
      weight[(filter * length)..<((filter + 1) * length)].reduce(0) { $0 + $1 * $1 }.squareRoot()
    }
  }

  /// Filter by filter.
  private static func scale(_ weight: inout [Double], by factors: [Double]) {
    let length = weight.count / factors.count
    for index in weight.indices { weight[index] *= factors[index / length] }
  }
}
