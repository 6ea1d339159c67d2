import OneDNN
import Parameters

/// Batch normalization, fused with a following ReLU if there is one. Vectors are passed as images of one pixel with
/// adjacent channels, for which the library has vectorized code.
struct OneDNNBatchNormalization: OneDNNBatchStatistics {
  let output: Memory
  let stage: Stage
  let mean: Memory
  let variance: Memory
  var position: Int { scaling.position }
  private let normalization: BatchNormalization
  private let scaling: OneDNNScaling
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

  func appendEvaluation(mean: Memory, variance: Memory, in program: Program) throws(OneDNNError) {
    try program.append(
      normalization.inference(), scaling.evaluationArguments(mean: mean, variance: variance))
  }
}
