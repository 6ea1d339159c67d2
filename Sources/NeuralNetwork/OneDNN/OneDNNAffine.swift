import OneDNN
import Parameters

/// y = γ x + β per channel with the ReLU behind it fused in, if there is one: a batch normalisation that is given mean 0
/// and variance 1.
struct OneDNNAffine: OneDNNLayer {
  let output: Memory
  private let stage: Stage
  private let affine: BatchNormalization
  private let forward: PrimitiveDescriptor
  private let source: Memory
  private let gamma: Memory
  private let beta: Memory
  private let mean: Memory
  private let variance: Memory
  private let workspace: Memory?

  init(_ stage: Stage, fusedReLU: Bool, reading input: Memory, in program: Program) throws(OneDNNError) {
    self.stage = stage
    source = input
    affine = BatchNormalization(
      input.descriptor, epsilon: 0, fusedReLU: fusedReLU, givenStatistics: true, on: program.engine)
    forward = try affine.forward()
    let channels = [stage.input.channels]
    let plain = try TensorDescriptor(plain: channels)
    gamma = try program.parameter(channels, at: stage.offset(.gamma), as: plain)
    beta = try program.parameter(channels, at: stage.offset(.beta), as: plain)
    mean = try Memory(plain, on: program.engine)
    variance = try Memory(plain, on: program.engine)
    unsafe variance.floats?.update(repeating: 1, count: stage.input.channels)
    workspace = forward.workspace.byteCount > 0 ? try program.plan.take(forward.workspace) : nil
    output = try program.plan.take(forward.destination)
    var arguments: [(Primitive.Argument, Memory)] = [
      (.source, source), (.scale, gamma), (.shift, beta), (.mean, mean), (.variance, variance),
      (.destination, output),
    ]
    if let workspace { arguments.append((.workspace, workspace)) }
    try program.append(forward, arguments)
  }

  func backward(_ slope: Memory, wantsInput: Bool, in program: Program) throws(OneDNNError) -> Memory? {
    let descriptor = try affine.backward(forward: forward)
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
    for memory in [source, gamma, beta, workspace, slope].compactMap(\.self) { program.plan.release(memory) }
    try program.storeGradient(gammaGradient, channels, at: stage.offset(.gamma))
    try program.storeGradient(betaGradient, channels, at: stage.offset(.beta))
    guard wantsInput else {
      program.plan.release(gradient)
      return nil
    }
    return gradient
  }
}
