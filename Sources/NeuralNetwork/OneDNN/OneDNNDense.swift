import OneDNN
import Parameters

struct OneDNNDense: OneDNNLayer {
  let output: Memory
  private let stage: Stage
  private let extents: [Int]
  private let product: InnerProduct
  private let forward: PrimitiveDescriptor
  private let source: Memory

  /// - Parameter input: flat, or the image that a flatten would have laid end to end.
  init(_ stage: Stage, outputs: Int, reading input: Memory, in program: Program) throws(OneDNNError) {
    self.stage = stage
    extents = [outputs] + input.descriptor.extents.dropFirst()
    let bias = stage.offset(ifPresent: .bias)
    product = try InnerProduct(
      source: input.descriptor.extents, weights: extents, destination: [program.samples, outputs],
      hasBias: bias != nil, on: program.engine)
    forward = try product.forward()
    source = try program.arranged(input, as: forward.source)
    let weights = try program.parameter(extents, at: stage.offset(.weight), as: forward.weights)
    output = try program.plan.take(forward.destination)
    var arguments: [(Primitive.Argument, Memory)] = [
      (.source, source), (.weights, weights), (.destination, output),
    ]
    if let bias {
      let memory = try program.parameter([outputs], at: bias, as: TensorDescriptor(plain: [outputs]))
      arguments.append((.bias, memory))
      try program.append(forward, arguments)
      program.plan.release(memory)
    } else {
      try program.append(forward, arguments)
    }
    program.plan.release(weights)
  }

  func backward(_ slope: Memory, wantsInput: Bool, in program: Program) throws(OneDNNError) -> Memory? {
    program.plan.retain(slope)
    try backwardWeights(slope, in: program)
    guard wantsInput else {
      program.plan.release(slope)
      return nil
    }
    let descriptor = try product.backwardData(forward: forward)
    let slope = try program.arranged(slope, as: descriptor.destinationGradient)
    let weights = try program.parameter(extents, at: stage.offset(.weight), as: descriptor.weights)
    let gradient = try program.plan.take(descriptor.sourceGradient)
    try program.append(
      descriptor, [(.destinationGradient, slope), (.weights, weights), (.sourceGradient, gradient)])
    program.plan.release(weights)
    program.plan.release(slope)
    return gradient
  }

  private func backwardWeights(_ slope: Memory, in program: Program) throws(OneDNNError) {
    let descriptor = try product.backwardWeights(forward: forward)
    let source = try program.arranged(source, as: descriptor.source)
    let slope = try program.arranged(slope, as: descriptor.destinationGradient)
    let gradient = try program.plan.take(descriptor.weightsGradient)
    var arguments: [(Primitive.Argument, Memory)] = [
      (.source, source), (.destinationGradient, slope), (.weightsGradient, gradient),
    ]
    var biasGradient: Memory?
    if stage.offset(ifPresent: .bias) != nil {
      let memory = try program.plan.take(TensorDescriptor(plain: [extents[0]]))
      arguments.append((.biasGradient, memory))
      biasGradient = memory
    }
    try program.append(descriptor, arguments)
    program.plan.release(source)
    program.plan.release(slope)
    try program.storeGradient(gradient, extents, at: stage.offset(.weight))
    if let biasGradient { try program.storeGradient(biasGradient, [extents[0]], at: stage.offset(.bias)) }
  }
}
