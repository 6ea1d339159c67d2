import OneDNN
import Parameters

/// Batch normalization, a ReLU if one follows, and a max pool, in one pass over the activations each way. The library takes a
/// pass or more for each, and keeps what lies between.
struct OneDNNPooledNormalization: OneDNNBatchStatistics {
  let output: Memory
  let stage: Stage
  /// The number of the first stage after the pool.
  let end: Int
  let position: Int
  private let kernel: PooledNormalization
  private let channels: PooledNormalization.Channels
  private let source: Memory
  private let winners: PooledNormalization.Winners

  /// The stages from `first` on; `nil` if they are others, or for a layout or windows that the kernels do not take.
  init?(
    at first: Int, of stages: [Stage], reading input: Memory, in program: Program
  ) throws(OneDNNError) {
    stage = stages[first]
    let rectifies = first + 1 < stages.count && stages[first + 1].layer == .relu
    let pool = first + (rectifies ? 2 : 1)
    guard case .batchNormalization(let epsilon) = stage.layer,
      pool < stages.count, case .maxPool(let window) = stages[pool].layer,
      let kernel = PooledNormalization(
        input.descriptor, handingOn: program.element, epsilon: epsilon, rectifies: rectifies,
        PoolGeometry(stages[pool], window))
    else { return nil }
    self.kernel = kernel
    end = pool + 1
    source = input
    let extents = [stage.input.channels]
    let plain = try TensorDescriptor(plain: extents)
    channels = try PooledNormalization.Channels(
      gamma: program.parameter(extents, at: stage.offset(.gamma), as: plain),
      beta: program.parameter(extents, at: stage.offset(.beta), as: plain),
      mean: program.plan.take(plain), variance: program.plan.take(plain))
    let pooled = try kernel.output(of: program.element)
    output = try program.plan.take(pooled)
    winners = try PooledNormalization.Winners(
      inputs: program.plan.take(pooled), numbers: program.plan.take(kernel.output(of: .byte)))
    position = program.append(
      PooledNormalization.Forward(
        kernel: kernel, channels: channels, source: source, destination: output, winners: winners))
  }

  var mean: Memory { channels.mean }
  var variance: Memory { channels.variance }

  func appendEvaluation(mean: Memory, variance: Memory, in program: Program) {
    var channels = channels
    (channels.mean, channels.variance) = (mean, variance)
    program.append(
      PooledNormalization.Forward(
        kernel: kernel, channels: channels, source: source, destination: output, winners: nil))
  }

  func backward(_ slope: Memory, wantsInput: Bool, in program: Program) throws(OneDNNError) -> Memory? {
    let slope = try program.arranged(slope, as: output.descriptor)
    let extents = [stage.input.channels]
    let plain = try TensorDescriptor(plain: extents)
    let gammaGradient = try program.plan.take(plain)
    let betaGradient = try program.plan.take(plain)
    let gradient = wantsInput ? try program.plan.take(source.descriptor) : nil
    program.append(
      PooledNormalization.Backward(
        kernel: kernel, channels: channels, source: source, winners: winners, slope: slope, gradient: gradient,
        gammaGradient: gammaGradient, betaGradient: betaGradient))
    for memory in [source, mean, variance, winners.inputs, winners.numbers, slope] { program.plan.release(memory) }
    try program.storeGradient(gammaGradient, extents, at: stage.offset(.gamma))
    try program.storeGradient(betaGradient, extents, at: stage.offset(.beta))
    return gradient
  }
}
