import OneDNN
import Parameters

/// Max or average pooling; a max pool remembers its winners in a workspace.
struct OneDNNPool: OneDNNLayer {
  let output: Memory
  private let pooling: Pooling
  private let forward: PrimitiveDescriptor
  private let workspace: Memory?

  init(
    _ geometry: PoolGeometry, _ algorithm: Pooling.Algorithm, reading input: Memory, in program: Program
  ) throws(OneDNNError) {
    let shape = geometry.output
    pooling = Pooling(
      algorithm, source: input.descriptor,
      destination: [program.samples, shape.channels, shape.height, shape.width], window: geometry.window,
      stride: geometry.stride, padding: geometry.padding, on: program.engine)
    forward = try pooling.forward()
    output = try program.plan.take(forward.destination)
    workspace = forward.workspace.byteCount > 0 ? try program.plan.take(forward.workspace) : nil
    var arguments: [(Primitive.Argument, Memory)] = [(.source, input), (.destination, output)]
    if let workspace { arguments.append((.workspace, workspace)) }
    try program.append(forward, arguments)
    program.plan.release(input)
  }

  func backward(_ slope: Memory, wantsInput: Bool, in program: Program) throws(OneDNNError) -> Memory? {
    defer { if let workspace { program.plan.release(workspace) } }
    let descriptor = try pooling.backward(forward: forward)
    let slope = try program.arranged(slope, as: descriptor.destinationGradient)
    defer { program.plan.release(slope) }
    guard wantsInput else { return nil }
    let gradient = try program.plan.take(descriptor.sourceGradient)
    var arguments: [(Primitive.Argument, Memory)] = [
      (.destinationGradient, slope), (.sourceGradient, gradient),
    ]
    if let workspace { arguments.append((.workspace, workspace)) }
    try program.append(descriptor, arguments)
    return gradient
  }
}
