import OneDNN
import Parameters

/// Group, layer and RMS normalization: in row-major order each group of a sample is one row of a matrix, whose rows are
/// normalized; scale, shift and ReLU follow in the layout that the previous layer chose. All in float32; the output is
/// rounded.
struct OneDNNSampleNormalization: OneDNNLayer {
  let output: Memory
  private let rows: any NormalizedRows
  private let affine: OneDNNScaling

  /// - Parameter centers: whether the mean is subtracted.
  init(
    _ stage: Stage, groups: Int = 1, centers: Bool, epsilon: Double, fusedReLU: Bool, reading input: Memory,
    in program: Program
  ) throws(OneDNNError) {
    let layout = input.descriptor.with(.float32)
    let count = program.samples * stage.input.count
    // A single group covers all elements of a sample, in any layout without padding.
    let isDense = layout.byteCount == count * MemoryLayout<Float>.stride
    let rowMajor = groups == 1 && isDense ? layout : try TensorDescriptor(plain: layout.extents)
    let source = try program.arranged(input, as: rowMajor)
    let number = program.samples * groups
    let length = count / number
    rows =
      if centers {
        try CenteredRows(source, rows: number, length: length, epsilon: epsilon, in: program)
      } else {
        try ScaledRows(source, rows: number, length: length, epsilon: epsilon, in: program)
      }
    affine = try OneDNNScaling.affine(
      stage, fusedReLU: fusedReLU, reading: program.arranged(rows.output, as: layout), in: program)
    output = try program.arranged(affine.output, as: input.descriptor)
  }

  func backward(_ slope: Memory, wantsInput: Bool, in program: Program) throws(OneDNNError) -> Memory? {
    defer { rows.release(in: program) }
    guard let gradient = try affine.backward(slope, wantsInput: wantsInput, in: program) else { return nil }
    return try rows.backward(program.arranged(gradient, as: rows.output.descriptor), in: program)
  }
}
