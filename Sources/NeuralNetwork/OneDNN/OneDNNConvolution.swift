import OneDNN
import Parameters

struct OneDNNConvolution: OneDNNLayer {
  let output: Memory
  private let stage: Stage
  private let extents: [Int]
  private let convolution: Convolution
  private let algorithms: ConvolutionAlgorithms
  private let forward: PrimitiveDescriptor
  private let source: Memory
  private let weights: Memory

  init(
    _ stage: Stage, outputs: Int, kernel: Int, isFirst: Bool, reading input: Memory, in program: Program
  ) throws(OneDNNError) {
    self.stage = stage
    extents = [outputs, stage.input.channels, kernel, kernel]
    algorithms = ConvolutionAlgorithms(
      input: stage.input, outputs: outputs, kernel: kernel, isFirst: isFirst)
    let bias = stage.offset(ifPresent: .bias)
    convolution = try Convolution(
      source: [program.samples, stage.input.channels, stage.input.height, stage.input.width], weights: extents,
      destination: [program.samples, outputs, stage.output.height, stage.output.width], padding: kernel / 2,
      hasBias: bias != nil, on: program.engine)
    forward = try convolution.forward(algorithms.forward)
    source = try program.arranged(input, as: forward.source)
    weights = try program.parameter(extents, at: stage.offset(.weight), as: forward.weights)
    output = try program.plan.take(forward.destination)
    var arguments: [(Primitive.Argument, Memory)] = [
      (.source, source), (.weights, weights), (.destination, output),
    ]
    if let bias {
      let memory = try program.parameter([outputs], at: bias, as: TensorDescriptor(plain: [outputs]))
      arguments.append((.bias, memory))
      try program.append(forward, arguments)
      program.plan.release(memory)
    } else {
      try program.append(forward, arguments)
    }
  }

  func backward(_ slope: Memory, wantsInput: Bool, in program: Program) throws(OneDNNError) -> Memory? {
    program.plan.retain(slope)
    try backwardWeights(slope, in: program)
    defer { program.plan.release(weights) }
    guard wantsInput else {
      program.plan.release(slope)
      return nil
    }
    let descriptor = try convolution.backwardData(algorithms.backwardData, forward: forward)
    let slope = try program.arranged(slope, as: descriptor.destinationGradient)
    program.plan.retain(weights)
    let kernels =
      try descriptor.weights == weights.descriptor
      ? weights : program.parameter(extents, at: stage.offset(.weight), as: descriptor.weights)
    if kernels !== weights { program.plan.release(weights) }
    let gradient = try program.plan.take(descriptor.sourceGradient)
    try program.append(
      descriptor, [(.destinationGradient, slope), (.weights, kernels), (.sourceGradient, gradient)])
    program.plan.release(kernels)
    program.plan.release(slope)
    return gradient
  }

  private func backwardWeights(_ slope: Memory, in program: Program) throws(OneDNNError) {
    let descriptor = try convolution.backwardWeights(algorithms.backwardWeights, forward: forward)
    let source = try program.arranged(source, as: descriptor.source)
    let slope = try program.arranged(slope, as: descriptor.destinationGradient)
    let gradient = try program.plan.take(descriptor.weightsGradient)
    var arguments: [(Primitive.Argument, Memory)] = [
      (.source, source), (.destinationGradient, slope), (.weightsGradient, gradient),
    ]
    var biasGradient: Memory?
    if stage.offset(ifPresent: .bias) != nil {
      let memory = try program.plan.take(TensorDescriptor(plain: [extents[0]]))
      arguments.append((.biasGradient, memory))
      biasGradient = memory
    }
    try program.append(descriptor, arguments)
    program.plan.release(source)
    program.plan.release(slope)
    try program.storeGradient(gradient, extents, at: stage.offset(.weight))
    if let biasGradient { try program.storeGradient(biasGradient, [extents[0]], at: stage.offset(.bias)) }
  }
}
