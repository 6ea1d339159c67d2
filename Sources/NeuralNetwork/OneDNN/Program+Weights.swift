import OneDNN
import Parameters

/// The common part of convolutions and dense layers: a weight, perhaps a bias, and their gradients.
extension Program {
  /// Adds destination = source ∗ weights + bias; the caller keeps ownership of source and weights.
  ///
  /// - Returns: the destination.
  func appendForward(
    _ descriptor: PrimitiveDescriptor, of stage: Stage, source: Memory, weights: Memory
  ) throws(OneDNNError) -> Memory {
    let destination = try plan.take(descriptor.destination)
    var arguments: [(Primitive.Argument, Memory)] = [
      (.source, source), (.weights, weights), (.destination, destination),
    ]
    guard let offset = stage.offset(ifPresent: .bias) else {
      try appendProduct(descriptor, arguments)
      return destination
    }
    let extents = [stage.output.channels]
    let bias = try parameter(extents, at: offset, as: TensorDescriptor(plain: extents))
    arguments.append((.bias, bias))
    try appendProduct(descriptor, arguments)
    return destination
  }

  /// Adds the gradients of weight and bias; ownership of source and slope is transferred.
  ///
  /// - Parameter inPlace: whether the primitive may write a plain gradient at any address.
  func appendWeightGradient(
    _ descriptor: PrimitiveDescriptor, of stage: Stage, _ extents: [Int], source: Memory, slope: Memory,
    inPlace: Bool = false
  ) throws(OneDNNError) {
    let source = try arranged(source, as: descriptor.source)
    let slope = try arranged(slope, as: descriptor.destinationGradient)
    let plain = try TensorDescriptor(plain: extents)
    let isInPlace = inPlace && descriptor.weightsGradient == plain
    let weightGradient =
      isInPlace
      ? try gradientInPlace(extents, at: stage.offset(.weight)) : try plan.take(descriptor.weightsGradient)
    var arguments: [(Primitive.Argument, Memory)] = [
      (.source, source), (.destinationGradient, slope), (.weightsGradient, weightGradient),
    ]
    var bias: (gradient: Memory, offset: Int)?
    if let offset = stage.offset(ifPresent: .bias) {
      let gradient = try plan.take(TensorDescriptor(plain: [extents[0]]))
      arguments.append((.biasGradient, gradient))
      bias = (gradient, offset)
    }
    try appendProduct(descriptor, arguments)
    plan.release(source)
    plan.release(slope)
    if !isInPlace { try storeGradient(weightGradient, extents, at: stage.offset(.weight)) }
    if let bias { try storeGradient(bias.gradient, [extents[0]], at: bias.offset) }
  }

  /// Adds the gradient with respect to the source; ownership of the slope is transferred, that of the weights is not.
  ///
  /// - Returns: the gradient, rounded.
  func appendSourceGradient(
    _ descriptor: PrimitiveDescriptor, weights: Memory, slope: Memory
  ) throws(OneDNNError) -> Memory {
    let slope = try arranged(slope, as: descriptor.destinationGradient)
    let gradient = try plan.take(descriptor.sourceGradient)
    try appendProduct(descriptor, [(.destinationGradient, slope), (.weights, weights), (.sourceGradient, gradient)])
    plan.release(slope)
    return try rounded(gradient)
  }
}
