import OneDNN

/// A GELU, or a ReLU that does not directly follow a normalization.
struct OneDNNActivation: OneDNNLayer {
  let output: Memory
  private let activation: Activation
  private let forward: PrimitiveDescriptor
  /// What the backward pass reads, and as what.
  private let kept: (role: Primitive.Argument, memory: Memory)

  init(_ kind: Activation.Kind, reading input: Memory, in program: Program) throws(OneDNNError) {
    activation = Activation(kind, input.descriptor, on: program.engine)
    forward = try activation.forward()
    output = try program.plan.take(forward.destination)
    try program.append(forward, [(.source, input), (.destination, output)])
    switch kind {
    case .relu:
      program.plan.release(input)
      program.plan.retain(output)
      kept = (.destination, output)
    case .gelu: kept = (.source, input)
    }
  }

  func backward(_ slope: Memory, wantsInput: Bool, in program: Program) throws(OneDNNError) -> Memory? {
    defer { program.plan.release(kept.memory) }
    let descriptor = try activation.backward(forward: forward)
    let slope = try program.arranged(slope, as: descriptor.destinationGradient)
    defer { program.plan.release(slope) }
    guard wantsInput else { return nil }
    let gradient = try program.plan.take(descriptor.sourceGradient)
    try program.append(
      descriptor, [(kept.role, kept.memory), (.destinationGradient, slope), (.sourceGradient, gradient)])
    return gradient
  }
}
