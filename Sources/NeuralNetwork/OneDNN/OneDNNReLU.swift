import OneDNN

/// A ReLU that does not directly follow a normalization.
struct OneDNNReLU: OneDNNLayer {
  let output: Memory
  private let relu: RectifiedLinearUnit
  private let forward: PrimitiveDescriptor

  init(reading input: Memory, in program: Program) throws(OneDNNError) {
    relu = RectifiedLinearUnit(input.descriptor, on: program.engine)
    forward = try relu.forward()
    output = try program.plan.take(forward.destination)
    try program.append(forward, [(.source, input), (.destination, output)])
    program.plan.release(input)
    program.plan.retain(output)  // for the backward pass
  }

  func backward(_ slope: Memory, wantsInput: Bool, in program: Program) throws(OneDNNError) -> Memory? {
    defer { program.plan.release(output) }
    let descriptor = try relu.backward(forward: forward)
    let slope = try program.arranged(slope, as: descriptor.destinationGradient)
    defer { program.plan.release(slope) }
    guard wantsInput else { return nil }
    let gradient = try program.plan.take(descriptor.sourceGradient)
    try program.append(
      descriptor, [(.destination, output), (.destinationGradient, slope), (.sourceGradient, gradient)])
    return gradient
  }
}
