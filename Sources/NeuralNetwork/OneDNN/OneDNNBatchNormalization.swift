import OneDNN
import Parameters

/// Batch normalisation with the ReLU behind it fused in, if there is one.
struct OneDNNBatchNormalization: OneDNNLayer {
  let output: Memory
  /// Position of the training primitive in the forward list; evaluation puts others in its place.
  let position: Int
  private let stage: Stage
  private let normalization: BatchNormalization
  private let forward: PrimitiveDescriptor
  private let source: Memory
  private let gamma: Memory
  private let beta: Memory
  private let mean: Memory
  private let variance: Memory
  private let workspace: Memory?

  init(
    _ stage: Stage, epsilon: Double, fusedReLU: Bool, reading input: Memory, in program: Program
  ) throws(OneDNNError) {
    self.stage = stage
    source = input
    normalization = BatchNormalization(
      input.descriptor, epsilon: Float(epsilon), fusedReLU: fusedReLU, on: program.engine)
    forward = try normalization.forward()
    let channels = [stage.input.channels]
    let plain = try TensorDescriptor(plain: channels)
    gamma = try program.parameter(channels, at: stage.offset(.gamma), as: plain)
    beta = try program.parameter(channels, at: stage.offset(.beta), as: plain)
    mean = try program.plan.take(plain)
    variance = try program.plan.take(plain)
    workspace = forward.workspace.byteCount > 0 ? try program.plan.take(forward.workspace) : nil
    output = try program.plan.take(forward.destination)
    var arguments: [(Primitive.Argument, Memory)] = [
      (.source, source), (.scale, gamma), (.shift, beta), (.mean, mean), (.variance, variance),
      (.destination, output),
    ]
    if let workspace { arguments.append((.workspace, workspace)) }
    position = try program.append(forward, arguments)
  }

  func backward(_ slope: Memory, wantsInput: Bool, in program: Program) throws(OneDNNError) -> Memory? {
    let descriptor = try normalization.backward(forward: forward)
    let slope = try program.arranged(slope, as: descriptor.destinationGradient)
    let channels = [stage.input.channels]
    let plain = try TensorDescriptor(plain: channels)
    let gammaGradient = try program.plan.take(plain)
    let betaGradient = try program.plan.take(plain)
    let gradient = try program.plan.take(descriptor.sourceGradient)
    var arguments: [(Primitive.Argument, Memory)] = [
      (.source, source), (.scale, gamma), (.shift, beta), (.mean, mean), (.variance, variance),
      (.destinationGradient, slope), (.sourceGradient, gradient), (.scaleGradient, gammaGradient),
      (.shiftGradient, betaGradient),
    ]
    if let workspace { arguments.append((.workspace, workspace)) }
    try program.append(descriptor, arguments)
    for memory in [source, gamma, beta, mean, variance, workspace, slope].compactMap(\.self) {
      program.plan.release(memory)
    }
    try program.storeGradient(gammaGradient, channels, at: stage.offset(.gamma))
    try program.storeGradient(betaGradient, channels, at: stage.offset(.beta))
    guard wantsInput else {
      program.plan.release(gradient)
      return nil
    }
    return gradient
  }

  /// Adds the primitives of evaluation: running statistics in, normalised activations out.
  func evaluation(in program: Program) throws(OneDNNError) {
    let channels = [stage.input.channels]
    try program.loadParameter(channels, at: stage.offset(.runningMean), into: mean)
    try program.loadParameter(channels, at: stage.offset(.runningVariance), into: variance)
    try program.append(
      normalization.inference(),
      [
        (.source, source), (.scale, gamma), (.shift, beta), (.mean, mean), (.variance, variance),
        (.destination, output),
      ])
  }

  /// Writes the mean of the microbatch and its unbiased variance to their places in the flat vector. Valid between the
  /// forward and the backward pass.
  func storeStatistics(into gradient: UnsafeMutablePointer<Float>, samples: Int) {
    guard let mean = unsafe mean.floats, let variance = unsafe variance.floats else { return }
    let count = Float(samples * stage.input.area)
    let unbias = count / (count - 1)
    for c in 0..<stage.input.channels {
      unsafe gradient[stage.offset(.runningMean) + c] = mean[c]
      unsafe gradient[stage.offset(.runningVariance) + c] = variance[c] * unbias
    }
  }
}
