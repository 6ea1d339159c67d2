import OneDNN
import Parameters

struct OneDNNDense: OneDNNLayer {
  /// Of the program's element for products, and not rounded.
  let output: Memory
  private let stage: Stage
  private let extents: [Int]
  private let product: InnerProduct
  private let forward: PrimitiveDescriptor
  private let source: Memory

  /// - Parameter input: a flat vector, or the image before a flatten layer, which is skipped.
  init(_ stage: Stage, outputs: Int, reading input: Memory, in program: Program) throws(OneDNNError) {
    self.stage = stage
    extents = [outputs] + input.descriptor.extents.dropFirst()
    product = try InnerProduct(
      source: input.descriptor.extents, weights: extents, destination: [program.samples, outputs],
      of: program.productElement, hasBias: stage.offset(ifPresent: .bias) != nil, on: program.engine)
    forward = try product.forward()
    source = try program.arranged(input, as: forward.source)
    let weights = try program.roundedParameter(extents, at: stage.offset(.weight), as: forward.weights)
    output = try program.appendForward(forward, of: stage, source: source, weights: weights)
  }

  func backward(_ slope: Memory, wantsInput: Bool, in program: Program) throws(OneDNNError) -> Memory? {
    let slope = try program.multiplicand(slope)
    if wantsInput { program.plan.retain(slope) }
    try program.appendWeightGradient(
      product.backwardWeights(forward: forward), of: stage, extents, source: source, slope: slope,
      inPlace: true)
    guard wantsInput else { return nil }
    let descriptor = try product.backwardData(forward: forward)
    let weights = try program.roundedParameter(extents, at: stage.offset(.weight), as: descriptor.weights)
    return try program.appendSourceGradient(descriptor, weights: weights, slope: slope)
  }
}
