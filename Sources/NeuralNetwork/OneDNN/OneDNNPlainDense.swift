import OneDNN
import Parameters

/// A dense layer in float32 without a bias, whose weights are read where they lie.
///
/// The library's forward pass is fast with weights in a layout of its own, into which each load would copy them; for small
/// batches that takes as long as the pass. The transposed product, outputsᵀ = weights · sourceᵀ, is as fast with plain weights.
struct OneDNNPlainDense: OneDNNLayer {
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
    weights = try program.parameterInPlace(extents, at: stage.offset(.weight))
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
    if wantsInput { program.plan.retain(slope) }
    let forward = try product.forward()
    try program.appendWeightGradient(
      product.backwardWeights(forward: forward), of: stage, extents, source: source, slope: slope, inPlace: true)
    guard wantsInput else { return nil }
    let gradient = try program.appendSourceGradient(
      product.backwardData(forward: forward), weights: weights, slope: slope)
    let rows = try program.arranged(gradient, as: TensorDescriptor(plain: source.descriptor.extents))
    return try program.plan.view(of: rows, as: input)
  }
}
