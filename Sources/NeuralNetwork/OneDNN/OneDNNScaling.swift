import OneDNN
import Parameters

/// The library's batch normalization of one layer, forward and backward, fused with a following ReLU if there is one: y
/// = γ (x − mean) / √(variance + ε) + β per channel. The owner supplies or interprets mean and variance.
struct OneDNNScaling: OneDNNLayer {
  let output: Memory
  /// Position of the primitive in the forward list.
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

  /// - Parameters:
  ///   - mean: released after the backward pass, if the program planned it.
  ///   - variance: likewise.
  init(
    _ stage: Stage, _ normalization: BatchNormalization, mean: Memory, variance: Memory, reading input: Memory,
    in program: Program
  ) throws(OneDNNError) {
    self.stage = stage
    self.normalization = normalization
    self.mean = mean
    self.variance = variance
    source = input
    forward = try normalization.forward()
    let channels = [stage.input.channels]
    let plain = try TensorDescriptor(plain: channels)
    gamma = try program.parameter(channels, at: stage.offset(.gamma), as: plain)
    beta = try program.parameter(channels, at: stage.offset(.beta), as: plain)
    workspace = forward.workspace.byteCount > 0 ? try program.plan.take(forward.workspace) : nil
    output = try program.plan.take(forward.destination)
    var arguments: [(Primitive.Argument, Memory)] = [
      (.source, source), (.scale, gamma), (.shift, beta), (.mean, mean), (.variance, variance),
      (.destination, output),
    ]
    if let workspace { arguments.append((.workspace, workspace)) }
    position = try program.append(forward, arguments)
  }

  /// The inputs and outputs of the evaluation primitive.
  func evaluationArguments(mean: Memory, variance: Memory) -> [(Primitive.Argument, Memory)] {
    [
      (.source, source), (.scale, gamma), (.shift, beta), (.mean, mean), (.variance, variance),
      (.destination, output),
    ]
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
    for memory in [source, mean, variance, workspace, slope].compactMap(\.self) {
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
}
