import OneDNN
import Parameters

extension OneDNNScaling {
  /// y = γ x + β per channel: a batch normalization with mean 0 and variance 1 as inputs.
  static func affine(
    _ stage: Stage, fusedReLU: Bool, reading input: Memory, in program: Program
  ) throws(OneDNNError) -> OneDNNScaling {
    let plain = try TensorDescriptor(plain: [stage.input.channels])
    let (mean, variance) = (try Memory(plain, on: program.engine), try Memory(plain, on: program.engine))
    unsafe variance.floats?.update(repeating: 1, count: stage.input.channels)
    let normalization = BatchNormalization(
      input.descriptor, epsilon: 0, fusedReLU: fusedReLU, givenStatistics: true, on: program.engine)
    return try OneDNNScaling(
      stage, normalization, mean: mean, variance: variance, reading: input, in: program)
  }
}
