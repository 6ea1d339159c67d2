import OneDNN
import Parameters

/// A convolution by Winograd's algorithm whose products the library computes, and Tare's kernels the transformations, for
/// processors for which the library has no Winograd. Parts of the microbatch come one after the other.
struct OneDNNWinograd: OneDNNLayer {
  let output: Memory
  private let stage: Stage
  private let outputs: Int
  private let source: Memory
  private let parts: [Range<Int>]

  /// - Precondition: activations are float32, the layer has no bias, and channels are multiples of `WinogradShape.block`.
  init(_ stage: Stage, outputs: Int, reading input: Memory, in program: Program) throws(OneDNNError) {
    precondition(program.element == .float32, "weights and results are not rounded")
    self.stage = stage
    self.outputs = outputs
    parts = WinogradShape.parts(of: program.samples, stage.input, outputs: outputs)
    source = try program.arranged(input, as: Self.images(stage.input, in: program))
    let weights = try Self.weights(of: stage, outputs, flipped: false, in: program)
    output = try program.plan.take(Self.images(stage.output, in: program))
    let all = Self.shape(stage.input, outputs, program.samples)
    let transposed = try program.plan.view(of: weights, as: all.filterMatrices(transposed: true))
    try Self.appendConvolution(of: source, by: transposed, into: output, parts, shape: stage.input, in: program)
  }

  func backward(_ slope: Memory, wantsInput: Bool, in program: Program) throws(OneDNNError) -> Memory? {
    let slope = try program.arranged(slope, as: output.descriptor)
    try appendWeightGradient(slope, in: program)
    program.plan.release(source)
    defer { program.plan.release(slope) }
    guard wantsInput else { return nil }
    let weights = try Self.weights(of: stage, outputs, flipped: true, in: program)
    let gradient = try program.plan.take(source.descriptor)
    try Self.appendConvolution(of: slope, by: weights, into: gradient, parts, shape: stage.output, in: program)
    return gradient
  }

  /// - Parameters:
  ///   - weights: [36, channel of the source, channel of the destination]
  ///   - shape: of the source's images.
  private static func appendConvolution(
    of source: Memory, by weights: Memory, into destination: Memory, _ parts: [Range<Int>], shape: ImageShape,
    in program: Program
  ) throws(OneDNNError) {
    let channels = destination.descriptor.extents[1]
    try program.appendProduct { () throws(OneDNNError) in
      for part in parts {
        let size = Self.shape(shape, channels, part.count)
        let spread = try program.plan.take(size.imageMatrices(of: shape.channels))
        let images = size.images(of: shape.channels)
        program.append(WinogradTransformation(.source(images, first: part.lowerBound), source, into: spread))
        let product = try program.plan.take(size.imageMatrices(of: channels))
        let multiplication = MatrixProduct(
          source: spread.descriptor, weights: weights.descriptor, destination: product.descriptor, on: program.engine)
        try program.append(
          multiplication.forward(), [(.source, spread), (.weights, weights), (.destination, product)])
        program.plan.release(spread)
        let result = size.images(of: channels)
        program.append(WinogradTransformation(.destination(result, first: part.lowerBound), product, into: destination))
        program.plan.release(product)
      }
    }
  }

  /// The caller keeps ownership of the slope.
  private func appendWeightGradient(_ slope: Memory, in program: Program) throws(OneDNNError) {
    let all = Self.shape(stage.input, outputs, program.samples)
    let sum = try program.plan.take(all.filterMatrices())
    let gradient = try program.gradientInPlace(Self.extents(stage, outputs), at: stage.offset(.weight))
    try program.appendProduct { () throws(OneDNNError) in
      for part in parts {
        let size = Self.shape(stage.input, outputs, part.count)
        let spread = try program.plan.take(size.imageMatrices(of: stage.input.channels))
        let images = size.images(of: stage.input.channels)
        program.append(WinogradTransformation(.source(images, first: part.lowerBound), source, into: spread))
        let slopes = try program.plan.take(size.imageMatrices(of: outputs))
        program.append(
          WinogradTransformation(.slope(size.images(of: outputs), first: part.lowerBound), slope, into: slopes))
        let transposed = try program.plan.view(of: slopes, as: size.imageMatrices(of: outputs, transposed: true))
        let multiplication = MatrixProduct(
          source: transposed.descriptor, weights: spread.descriptor, destination: sum.descriptor,
          accumulates: part.lowerBound > 0, on: program.engine)
        try program.append(
          multiplication.forward(), [(.source, transposed), (.weights, spread), (.destination, sum)])
        program.plan.release(spread)
        program.plan.release(slopes)
      }
      program.append(WinogradTransformation(.weightsGradient(all.filters), sum, into: gradient))
    }
    program.plan.release(sum)
  }

  private static func weights(
    of stage: Stage, _ outputs: Int, flipped: Bool, in program: Program
  ) throws(OneDNNError) -> Memory {
    let shape = shape(stage.input, outputs, program.samples)
    return try program.transformedParameter(
      extents(stage, outputs), at: stage.offset(.weight), as: shape.filterMatrices()
    ) { WinogradTransformation(.weights(shape.filters, flipped: flipped), $0, into: $1) }
  }

  private static func shape(_ images: ImageShape, _ outputs: Int, _ samples: Int) -> WinogradShape {
    WinogradShape(
      inputs: images.channels, outputs: outputs, samples: samples, height: images.height, width: images.width)
  }

  private static func extents(_ stage: Stage, _ outputs: Int) -> [Int] { [outputs, stage.input.channels, 3, 3] }

  private static func images(_ shape: ImageShape, in program: Program) throws(OneDNNError) -> TensorDescriptor {
    try TensorDescriptor(
      blocked: [program.samples, shape.channels, shape.height, shape.width], by: WinogradShape.block)
  }
}
