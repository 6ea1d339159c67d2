import OneDNN

struct OneDNNGELU: OneDNNLayer {
  let output: Memory
  private let source: Memory
  private let gelu: GaussianErrorLinearUnit
  private let forward: PrimitiveDescriptor

  init(reading input: Memory, in program: Program) throws(OneDNNError) {
    source = input  // for the backward pass
    gelu = GaussianErrorLinearUnit(input.descriptor, on: program.engine)
    forward = try gelu.forward()
    output = try program.plan.take(forward.destination)
    try program.append(forward, [(.source, input), (.destination, output)])
  }

  func backward(_ slope: Memory, wantsInput: Bool, in program: Program) throws(OneDNNError) -> Memory? {
    defer { program.plan.release(source) }
    let descriptor = try gelu.backward(forward: forward)
    let slope = try program.arranged(slope, as: descriptor.destinationGradient)
    defer { program.plan.release(slope) }
    guard wantsInput else { return nil }
    let gradient = try program.plan.take(descriptor.sourceGradient)
    try program.append(
      descriptor, [(.source, source), (.destinationGradient, slope), (.sourceGradient, gradient)])
    return gradient
  }
}
