import OneDNN
import Parameters

/// What a `save` layer keeps for the `add` layer that takes it: the tensor, and on the way back its gradient there.
final class OneDNNJunction {
  let memory: Memory
  let shape: ImageShape
  var slope: Memory?

  init(_ memory: Memory, _ shape: ImageShape) {
    self.memory = memory
    self.shape = shape
  }
}

/// Hands its input on, and keeps it for a later addition.
struct OneDNNSave: OneDNNLayer {
  let output: Memory
  let junction: OneDNNJunction

  init(_ stage: Stage, reading input: Memory, in program: Program) {
    output = input
    junction = OneDNNJunction(input, stage.output)
    program.plan.retain(input)
  }

  func backward(_ slope: Memory, wantsInput: Bool, in program: Program) throws(OneDNNError) -> Memory? {
    guard let other = junction.slope else { return slope }
    let addend = try program.arranged(other, as: slope.descriptor)
    defer {
      program.plan.release(slope)
      program.plan.release(addend)
    }
    guard wantsInput else { return nil }
    return try program.appendCombination(.sum, of: slope, and: addend)
  }
}

/// Adds a saved tensor to its input, subsampled and padded with zeros if its extents differ.
struct OneDNNAdd: OneDNNLayer {
  let output: Memory
  private let junction: OneDNNJunction
  private let shortcut: (convolution: Convolution, forward: PrimitiveDescriptor, extents: [Int])?

  init(_ stage: Stage, _ junction: OneDNNJunction, reading input: Memory, in program: Program) throws(OneDNNError) {
    self.junction = junction
    var addend = junction.memory
    if junction.shape == stage.input {
      shortcut = nil
    } else {
      // A convolution with the identity: exact, and in whatever layouts the library prefers.
      let (from, to) = (junction.shape, stage.input)
      let extents = [to.channels, from.channels, 1, 1]
      let convolution = try Convolution(
        source: [program.samples, from.channels, from.height, from.width], weights: extents,
        destination: [program.samples, to.channels, to.height, to.width], of: program.element,
        stride: Shortcut(from: from, to: to).stride, padding: 0, hasBias: false, on: program.engine)
      let forward = try convolution.forward(.direct)
      shortcut = (convolution, forward, extents)
      let source = try program.arranged(addend, as: forward.source)
      let destination = try program.plan.take(forward.destination)
      let weights = try program.identity(extents, as: forward.weights)
      try program.append(forward, [(.source, source), (.weights, weights), (.destination, destination)])
      program.plan.release(source)
      addend = destination
    }
    addend = try program.arranged(addend, as: input.descriptor)
    output = try program.appendCombination(.sum, of: input, and: addend)
    program.plan.release(input)
    program.plan.release(addend)
  }

  func backward(_ slope: Memory, wantsInput: Bool, in program: Program) throws(OneDNNError) -> Memory? {
    program.plan.retain(slope)
    if let shortcut {
      let descriptor = try shortcut.convolution.backwardData(.direct, forward: shortcut.forward)
      let weights = try program.identity(shortcut.extents, as: descriptor.weights)
      junction.slope = try program.appendSourceGradient(descriptor, weights: weights, slope: slope)
    } else {
      junction.slope = slope
    }
    return slope
  }
}
