import OneDNN
import Parameters

/// Batch normalisation with the ReLU behind it fused in, if there is one.
struct OneDNNBatchNormalization: OneDNNLayer {
  var output: Memory { scaling.output }
  /// Position of the training primitive in the forward list; evaluation puts others in its place.
  var position: Int { scaling.position }
  private let stage: Stage
  private let normalization: BatchNormalization
  private let scaling: OneDNNScaling
  private let mean: Memory
  private let variance: Memory

  init(
    _ stage: Stage, epsilon: Double, fusedReLU: Bool, reading input: Memory, in program: Program
  ) throws(OneDNNError) {
    self.stage = stage
    normalization = BatchNormalization(
      input.descriptor, epsilon: Float(epsilon), fusedReLU: fusedReLU, on: program.engine)
    let plain = try TensorDescriptor(plain: [stage.input.channels])
    mean = try program.plan.take(plain)
    variance = try program.plan.take(plain)
    scaling = try OneDNNScaling(
      stage, normalization, mean: mean, variance: variance, reading: input, in: program)
  }

  func backward(_ slope: Memory, wantsInput: Bool, in program: Program) throws(OneDNNError) -> Memory? {
    try scaling.backward(slope, wantsInput: wantsInput, in: program)
  }

  /// Adds the primitives of evaluation: running statistics in, normalised activations out.
  func evaluation(in program: Program) throws(OneDNNError) {
    let channels = [stage.input.channels]
    try program.loadParameter(channels, at: stage.offset(.runningMean), into: mean)
    try program.loadParameter(channels, at: stage.offset(.runningVariance), into: variance)
    try program.append(normalization.inference(), scaling.arguments)
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
