import OneDNN
import Parameters

/// Group normalization: in row-major order each group of a sample is one row of a matrix, whose rows are normalized;
/// scale, shift and ReLU follow in the layout that the previous layer chose. All in float32; the output is rounded.
struct OneDNNGroupNormalization: OneDNNLayer {
  let output: Memory
  private let affine: OneDNNScaling
  private let normalization: LayerNormalization
  private let forward: PrimitiveDescriptor
  private let source: Memory
  private let mean: Memory
  private let variance: Memory

  init(
    _ stage: Stage, groups: Int, epsilon: Double, fusedReLU: Bool, reading input: Memory, in program: Program
  ) throws(OneDNNError) {
    let layout = input.descriptor.with(.float32)
    let count = program.samples * stage.input.count
    // A single group covers all elements of a sample, in any layout without padding.
    let isDense = layout.byteCount == count * MemoryLayout<Float>.stride
    let rowMajor = groups == 1 && isDense ? layout : try TensorDescriptor(plain: layout.extents)
    source = try program.arranged(input, as: rowMajor)
    let rows = program.samples * groups
    normalization = try LayerNormalization(
      rows: rows, length: count / rows, epsilon: Float(epsilon), on: program.engine)
    forward = try normalization.forward()
    mean = try program.plan.take(normalization.statistics)
    variance = try program.plan.take(normalization.statistics)
    let normalized = try program.plan.take(rowMajor)
    try program.append(
      forward,
      [
        (.source, program.plan.view(of: source, as: normalization.matrix)), (.mean, mean), (.variance, variance),
        (.destination, program.plan.view(of: normalized, as: normalization.matrix)),
      ])
    affine = try OneDNNScaling.affine(
      stage, fusedReLU: fusedReLU, reading: program.arranged(normalized, as: layout), in: program)
    output = try program.arranged(affine.output, as: input.descriptor)
  }

  func backward(_ slope: Memory, wantsInput: Bool, in program: Program) throws(OneDNNError) -> Memory? {
    defer { for memory in [source, mean, variance] { program.plan.release(memory) } }
    guard let gradient = try affine.backward(slope, wantsInput: wantsInput, in: program) else { return nil }
    let slope = try program.arranged(gradient, as: source.descriptor)
    defer { program.plan.release(slope) }
    let result = try program.plan.take(source.descriptor)
    try program.append(
      normalization.backward(forward: forward),
      [
        (.source, program.plan.view(of: source, as: normalization.matrix)), (.mean, mean), (.variance, variance),
        (.destinationGradient, program.plan.view(of: slope, as: normalization.matrix)),
        (.sourceGradient, program.plan.view(of: result, as: normalization.matrix)),
      ])
    return result
  }
}
