import OneDNN
import Parameters

/// A dense layer in float32 without a bias, whose weights are read where they lie, unless they are rounded.
///
/// The library's forward pass is fast with weights in a layout of its own, into which each load would copy them; for small
/// batches that takes as long as the pass. The transposed product, outputsᵀ = weights · sourceᵀ, is as fast with plain weights.
struct OneDNNPlainDense: OneDNNLayer {
  /// Not rounded.
  let output: Memory
  private let stage: Stage
  /// Of the input, which may be the image before a flatten layer.
  private let input: TensorDescriptor
  private let extents: [Int]
  private let product: InnerProduct
  private let source: Memory
  private let weights: Memory

  init(_ stage: Stage, outputs: Int, reading input: Memory, in program: Program) throws(OneDNNError) {
    self.stage = stage
    self.input = try TensorDescriptor(plain: input.descriptor.extents)
    let inputs = input.descriptor.extents.dropFirst().reduce(1, *)
    extents = [outputs, inputs]
    let rows = try TensorDescriptor(plain: [program.samples, inputs])
    source = try program.plan.view(of: program.arranged(input, as: self.input), as: rows)
    product = try InnerProduct(
      source: rows.extents, weights: extents, destination: [program.samples, outputs], hasBias: false,
      plainWeights: true, on: program.engine)
    weights =
      program.element == .float32
      ? try program.parameterInPlace(extents, at: stage.offset(.weight))
      : try program.roundedParameter(extents, at: stage.offset(.weight), as: TensorDescriptor(plain: extents))
    let columns = try program.plan.view(
      of: source, as: TensorDescriptor(columnMajor: [inputs, program.samples]))
    let transposed = try MatrixProduct(
      source: weights.descriptor, weights: columns.descriptor,
      destination: TensorDescriptor(plain: [outputs, program.samples]), on: program.engine
    ).forward()
    let result = try program.plan.take(transposed.destination)
    try program.appendProduct(
      transposed, [(.source, weights), (.weights, columns), (.destination, result)])
    output = try program.arranged(
      program.plan.view(of: result, as: TensorDescriptor(columnMajor: [program.samples, outputs])),
      as: TensorDescriptor(plain: [program.samples, outputs]))
  }

  func backward(_ slope: Memory, wantsInput: Bool, in program: Program) throws(OneDNNError) -> Memory? {
    let slope = try program.multiplicand(slope)
    if wantsInput { program.plan.retain(slope) }
    let forward = try product.forward()
    if pieces.count > 1 {
      try appendWeightGradient(inPieces: slope, in: program)
    } else {
      try program.appendWeightGradient(
        product.backwardWeights(forward: forward), of: stage, extents, source: source, slope: slope, inPlace: true)
    }
    guard wantsInput else { return nil }
    let gradient = try program.appendSourceGradient(
      product.backwardData(forward: forward), weights: weights, slope: slope)
    let rows = try program.arranged(
      gradient, as: TensorDescriptor(plain: source.descriptor.extents, of: program.element))
    return try program.plan.view(of: rows, as: input.with(program.element))
  }

  /// The filters of a large gradient that are computed at a time, the last ones first: what is complete leaves for the servers
  /// meanwhile. As far as there are no more than eight, they end where the segments of a small network end (docs/wire.md).
  private var pieces: [Range<Int>] {
    let (filters, most) = (extents[0], 1 << 18)
    let count = min(filters, 8, 1 + (filters * extents[1] - 1) / most)
    return (0..<count).map { filters * $0 / count..<filters * ($0 + 1) / count }
  }

  /// Ownership as of `Program.appendWeightGradient`.
  private func appendWeightGradient(inPieces slope: Memory, in program: Program) throws(OneDNNError) {
    let (outputs, inputs) = (extents[0], extents[1])
    let slope = try program.arranged(slope, as: TensorDescriptor(plain: [program.samples, outputs]))
    for piece in pieces.reversed() {
      let columns = try program.plan.view(
        of: slope, as: TensorDescriptor(columnMajor: [piece.count, program.samples], amongRows: outputs),
        from: piece.lowerBound * MemoryLayout<Float>.stride)
      let gradient = try program.gradientInPlace(
        [piece.count, inputs], at: stage.offset(.weight) + piece.lowerBound * inputs)
      let product = try MatrixProduct(
        source: columns.descriptor, weights: source.descriptor, destination: gradient.descriptor, on: program.engine
      ).forward()
      try program.appendProduct(product, [(.source, columns), (.weights, source), (.destination, gradient)])
    }
    program.plan.release(source)
    program.plan.release(slope)
  }
}
