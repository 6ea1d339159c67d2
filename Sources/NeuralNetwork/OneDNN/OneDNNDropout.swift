import OneDNN

/// The product with a mask that the network draws before each microbatch.
struct OneDNNDropout: OneDNNLayer {
  let output: Memory
  private let mask: DropoutMask
  private let samples: Int
  /// In plain order.
  private let drawn: Memory
  /// In the layout of the input.
  private let arranged: Memory

  init(_ mask: DropoutMask, reading input: Memory, in program: Program) throws(OneDNNError) {
    self.mask = mask
    samples = program.samples
    drawn = try Memory(TensorDescriptor(plain: input.descriptor.extents), on: program.engine)
    arranged = try program.arranged(drawn, as: input.descriptor.with(.float32))
    output = try program.appendCombination(.product, of: input, and: arranged)
    program.plan.release(input)
  }

  func backward(_ slope: Memory, wantsInput: Bool, in program: Program) throws(OneDNNError) -> Memory? {
    defer { program.plan.release(arranged) }
    let slope = try program.arranged(slope, as: output.descriptor)
    defer { program.plan.release(slope) }
    return wantsInput ? try program.appendCombination(.product, of: slope, and: arranged) : nil
  }

  var byteCount: Int { drawn.descriptor.byteCount }

  /// For the following training microbatch.
  func draw(firstSample: Int) {
    guard let elements = unsafe drawn.floats else { return }
    unsafe mask.draw(firstSample: firstSample, samples: samples, into: elements)
  }

  /// For evaluations: everything passes.
  func open() { unsafe drawn.floats?.update(repeating: 1, count: samples * mask.count) }
}
