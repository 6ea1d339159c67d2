import OneDNN

/// A normalization of the rows of a matrix, forward and backward, without γ and β.
protocol NormalizedRows {
  /// In the layout of the source; owned by the layer that reads it.
  var output: Memory { get }

  /// Adds the backward primitives.
  ///
  /// - Parameter slope: the gradient with respect to `output`, in its layout; ownership is transferred.
  /// - Returns: the gradient with respect to the source.
  func backward(_ slope: Memory, in program: Program) throws(OneDNNError) -> Memory

  /// Releases what `backward` would read; called after it, or in its place.
  func release(in program: Program)
}

/// (x − mean) / √(variance + ε) of each row.
struct CenteredRows: NormalizedRows {
  let output: Memory
  private let normalization: LayerNormalization
  private let forward: PrimitiveDescriptor
  private let source: Memory
  private let mean: Memory
  private let variance: Memory

  /// - Parameter source: rows × length in row-major order, under any description; ownership is transferred.
  init(_ source: Memory, rows: Int, length: Int, epsilon: Double, in program: Program) throws(OneDNNError) {
    self.source = source
    normalization = try LayerNormalization(rows: rows, length: length, epsilon: Float(epsilon), on: program.engine)
    forward = try normalization.forward()
    mean = try program.plan.take(normalization.statistics)
    variance = try program.plan.take(normalization.statistics)
    output = try program.plan.take(source.descriptor)
    try program.append(
      forward,
      [
        (.source, program.plan.view(of: source, as: normalization.matrix)), (.mean, mean), (.variance, variance),
        (.destination, program.plan.view(of: output, as: normalization.matrix)),
      ])
  }

  func backward(_ slope: Memory, in program: Program) throws(OneDNNError) -> Memory {
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

  func release(in program: Program) {
    for memory in [source, mean, variance] { program.plan.release(memory) }
  }
}

/// x̂ = x / √(mean square + ε) of each row; backward dx = (g − x̂ · mean of g x̂) / √(mean square + ε). The library has no
/// operation for it.
struct ScaledRows: NormalizedRows {
  let output: Memory
  private let matrix: TensorDescriptor
  private let column: TensorDescriptor
  /// 1 / √(mean square + ε) of each row.
  private let scales: Memory

  /// - Parameter source: rows × length in row-major order, under any description; ownership is transferred.
  init(_ source: Memory, rows: Int, length: Int, epsilon: Double, in program: Program) throws(OneDNNError) {
    matrix = try TensorDescriptor(plain: [rows, length])
    column = try TensorDescriptor(plain: [rows, 1])
    let rows = try program.plan.view(of: source, as: matrix)
    let squares = try program.appendCombination(.product, of: rows, and: rows)
    let scales = try program.appendMean(of: squares, as: column)
    program.plan.release(squares)
    for function in [Elementwise.Kind.plus(Float(epsilon)), .power(-0.5)] {
      try program.append(
        Elementwise(function, column, on: program.engine).forward(), [(.source, scales), (.destination, scales)])
    }
    self.scales = scales
    let normalized = try program.appendCombination(.product, of: rows, and: scales)
    output = try program.plan.view(of: normalized, as: source.descriptor)
    program.plan.release(source)
    program.plan.retain(output)
  }

  func backward(_ slope: Memory, in program: Program) throws(OneDNNError) -> Memory {
    let normalized = try program.plan.view(of: output, as: matrix)
    let rows = try program.plan.view(of: slope, as: matrix)
    let products = try program.appendCombination(.product, of: rows, and: normalized)
    let means = try program.appendMean(of: products, as: column)
    program.plan.release(products)
    let parallel = try program.appendCombination(.product, of: normalized, and: means)
    program.plan.release(means)
    let orthogonal = try program.appendCombination(.difference, of: rows, and: parallel)
    program.plan.release(parallel)
    program.plan.release(slope)
    let result = try program.appendCombination(.product, of: orthogonal, and: scales)
    program.plan.release(orthogonal)
    return try program.plan.view(of: result, as: output.descriptor)
  }

  func release(in program: Program) {
    for memory in [output, scales] { program.plan.release(memory) }
  }
}
