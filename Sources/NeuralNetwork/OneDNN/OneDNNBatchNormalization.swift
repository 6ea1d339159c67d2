import OneDNN
import Parameters

/// Batch normalization, fused with a following ReLU if there is one. Vectors are passed as images of one pixel with
/// adjacent channels, for which the library has vectorized code.
struct OneDNNBatchNormalization: OneDNNLayer {
  let output: Memory
  /// Position of the training primitive in the forward list; evaluation replaces it.
  var position: Int { scaling.position }
  private let stage: Stage
  private let normalization: BatchNormalization
  private let scaling: OneDNNScaling
  private let mean: Memory
  private let variance: Memory
  /// The layout of the input if it consists of vectors.
  private let rows: TensorDescriptor?

  init(
    _ stage: Stage, epsilon: Double, fusedReLU: Bool, reading input: Memory, in program: Program
  ) throws(OneDNNError) {
    self.stage = stage
    let (extents, element) = (input.descriptor.extents, input.descriptor.element)
    rows = extents.count == 2 ? try TensorDescriptor(plain: extents, of: element) : nil
    var input = input
    if let rows {
      input = try program.plan.view(
        of: program.arranged(input, as: rows), as: TensorDescriptor(channelsLast: extents + [1, 1], of: element))
    }
    normalization = BatchNormalization(
      input.descriptor, epsilon: Float(epsilon), fusedReLU: fusedReLU, on: program.engine)
    let plain = try TensorDescriptor(plain: [stage.input.channels])
    mean = try program.plan.take(plain)
    variance = try program.plan.take(plain)
    scaling = try OneDNNScaling(
      stage, normalization, mean: mean, variance: variance, reading: input, in: program)
    if let rows {
      output = try program.plan.view(of: scaling.output, as: rows)
    } else {
      output = scaling.output
    }
  }

  func backward(_ slope: Memory, wantsInput: Bool, in program: Program) throws(OneDNNError) -> Memory? {
    guard let rows else { return try scaling.backward(slope, wantsInput: wantsInput, in: program) }
    let image = try program.plan.view(of: program.arranged(slope, as: rows), as: scaling.output.descriptor)
    let gradient = try scaling.backward(image, wantsInput: wantsInput, in: program)
    return try gradient.map { gradient throws(OneDNNError) in try program.plan.view(of: gradient, as: rows) }
  }

  /// Adds the primitives of evaluation: running statistics in, normalized activations out.
  func evaluation(in program: Program) throws(OneDNNError) {
    let channels = [stage.input.channels]
    let plain = try TensorDescriptor(plain: channels)
    let mean = try program.parameter(channels, at: stage.offset(.runningMean), as: plain)
    let variance = try program.parameter(channels, at: stage.offset(.runningVariance), as: plain)
    try program.append(
      normalization.inference(), scaling.evaluationArguments(mean: mean, variance: variance))
  }

  /// Writes the mean of the microbatch and its unbiased variance to their positions in the flat vector. Valid between
  /// the forward and the backward pass.
  func storeStatistics(into gradient: UnsafeMutablePointer<Float>, samples: Int) {
    guard let mean = unsafe mean.floats, let variance = unsafe variance.floats else { return }
    let count = Float(samples * stage.input.area)
    let unbias = count / (count - 1)
    let runningMean = unsafe gradient + stage.offset(.runningMean)
    let runningVariance = unsafe gradient + stage.offset(.runningVariance)
    for c in 0..<stage.input.channels {
      unsafe runningMean[c] = mean[c]
      unsafe runningVariance[c] = variance[c] * unbias
    }
  }
}
