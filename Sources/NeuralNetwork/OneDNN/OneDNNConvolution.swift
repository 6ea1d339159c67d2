import OneDNN
import Parameters

struct OneDNNConvolution: OneDNNLayer {
  /// Of the program's element for products, and not rounded.
  let output: Memory
  private let stage: Stage
  private let extents: [Int]
  private let convolution: Convolution
  private let algorithms: ConvolutionAlgorithms
  private let forward: PrimitiveDescriptor
  private let source: Memory

  init(
    _ stage: Stage, outputs: Int, kernel: Int, stride: Int, by algorithms: ConvolutionAlgorithms,
    reading input: Memory, in program: Program
  ) throws(OneDNNError) {
    self.stage = stage
    extents = [outputs, stage.input.channels, kernel, kernel]
    self.algorithms = algorithms
    convolution = try Convolution(
      source: [program.samples, stage.input.channels, stage.input.height, stage.input.width], weights: extents,
      destination: [program.samples, outputs, stage.output.height, stage.output.width], of: program.productElement,
      stride: stride, padding: kernel / 2, hasBias: stage.offset(ifPresent: .bias) != nil, on: program.engine)
    forward = try convolution.forward(algorithms.forward)
    source = try program.arranged(input, as: forward.source)
    let weights = try program.roundedParameter(extents, at: stage.offset(.weight), as: forward.weights)
    output = try program.appendForward(forward, of: stage, source: source, weights: weights)
  }

  func backward(_ slope: Memory, wantsInput: Bool, in program: Program) throws(OneDNNError) -> Memory? {
    let slope = try program.multiplicand(slope)
    if wantsInput { program.plan.retain(slope) }
    try program.appendWeightGradient(
      convolution.backwardWeights(algorithms.backwardWeights, forward: forward), of: stage, extents,
      source: source, slope: slope)
    guard wantsInput else { return nil }
    let descriptor = try convolution.backwardData(algorithms.backwardData, forward: forward)
    let weights = try program.roundedParameter(extents, at: stage.offset(.weight), as: descriptor.weights)
    return try program.appendSourceGradient(descriptor, weights: weights, slope: slope)
  }
}
