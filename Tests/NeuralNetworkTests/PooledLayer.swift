import CKernels
import OneDNN
import Parameters

/// One layer with fixed numbers, for the kernels of `PooledNormalizationTests`.
struct PooledLayer: CustomStringConvertible {
  let samples: Int
  let channels: Int
  let height: Int
  let width: Int
  let window: Int
  let stride: Int
  let padding: Int
  let rectifies: Bool
  /// Samples, channels, rows, columns.
  var input: [Float]
  /// With respect to the output.
  let slopes: [Float]

  struct Result: Equatable {
    var output: [Float] = []
    var winners: [UInt8] = []
    var gradient: [Float] = []
    var mean: [Float] = []
    var variance: [Float] = []
    var dgamma: [Float] = []
    var dbeta: [Float] = []

    /// In all bits.
    static func == (a: Result, b: Result) -> Bool {
      func bits(_ r: Result) -> [[UInt32]] {
        [r.output, r.gradient, r.mean, r.variance, r.dgamma, r.dbeta].map { $0.map(\.bitPattern) }
      }
      return bits(a) == bits(b) && a.winners == b.winners
    }
  }

  init(
    samples: Int = 3, channels: Int, height: Int, width: Int, window: Int, stride: Int, padding: Int = 0,
    rectifies: Bool = true
  ) {
    self.samples = samples
    (self.channels, self.height, self.width) = (channels, height, width)
    (self.window, self.stride, self.padding, self.rectifies) = (window, stride, padding, rectifies)
    let pooled = ((height + 2 * padding - window) / stride + 1) * ((width + 2 * padding - window) / stride + 1)
    input = Self.numbers(samples * channels * height * width, stream: 0)
    slopes = Self.numbers(samples * channels * pooled, stream: 1)
  }

  var description: String {
    "\(channels)×\(height)×\(width), window \(window)/\(stride)/\(padding)\(rectifies ? ", ReLU" : "")"
  }

  /// Forward and backward on tensors in blocks, whose results are brought back into rows.
  ///
  /// - Parameter inputElement: of the input and its gradient; by default, that of the others.
  func run(
    block: Int, _ element: TensorDescriptor.Element, input inputElement: TensorDescriptor.Element? = nil,
    on set: InstructionSet
  ) -> Result {
    let inputElement = inputElement ?? element
    var shape = shape(block: block, element, input: inputElement)
    let pooled = shape.pooled_height * shape.pooled_width
    let x = BlockedImages(input, channels, height * width, block, inputElement)
    let dy = BlockedImages(slopes, channels, pooled, block, element)
    let (y, winning, dx) = (BlockedImages(like: dy), BlockedImages(like: dy), BlockedImages(like: x))
    let numbers = numbers
    var named = unsafe named(numbers)
    var winners = [UInt8](repeating: 0, count: dy.count)
    unsafe tare_pooled_normalization(set.number, &shape, &named, x.start, y.start, winning.start, &winners)
    unsafe winners.withUnsafeBufferPointer { winners in
      guard let winners = winners.baseAddress else { return }
      var tensors = unsafe tare_pooled_gradient(
        x: x.start, dy: dy.start, winning: winning.start, winners: winners, dx: dx.start,
        dgamma: numbers.start + 4 * channels, dbeta: numbers.start + 5 * channels)
      unsafe tare_pooled_normalization_gradient(set.number, &shape, &named, &tensors)
    }
    let columns = (0..<6).map { unsafe Array(numbers.elements[($0 * channels)..<(($0 + 1) * channels)]) }
    return Result(
      output: y.rows, winners: dy.indices.map { winners[$0] }, gradient: dx.rows, mean: columns[2],
      variance: columns[3], dgamma: columns[4], dbeta: columns[5])
  }

  /// The output in evaluation, with running statistics of mean 0 and variance 1.
  func evaluate(block: Int, on set: InstructionSet) -> [Float] {
    var shape = shape(block: block, .float32, input: .float32)
    let x = BlockedImages(input, channels, height * width, block, .float32)
    let y = BlockedImages(slopes, channels, shape.pooled_height * shape.pooled_width, block, .float32)
    let numbers = numbers
    unsafe (numbers.start + 3 * channels).update(repeating: 1, count: channels)
    var named = unsafe named(numbers)
    unsafe tare_pooled_normalization(set.number, &shape, &named, x.start, y.start, nil, nil)
    return y.rows
  }

  private func shape(
    block: Int, _ element: TensorDescriptor.Element, input: TensorDescriptor.Element
  ) -> tare_pooled {
    tare_pooled(
      samples: samples, channels: channels, height: height, width: width, block: block,
      is_bfloat16: element == .bfloat16 ? 1 : 0, has_float_input: input == .float32 ? 1 : 0, window: window,
      stride: stride, padding: padding,
      pooled_height: (height + 2 * padding - window) / stride + 1,
      pooled_width: (width + 2 * padding - window) / stride + 1, rectifies: rectifies ? 1 : 0, epsilon: 1e-5)
  }

  /// γ, β, mean, variance, dγ, dβ.
  private var numbers: Buffer<Float> {
    let affine = Self.numbers(channels, stream: 2) + Self.numbers(channels, stream: 3)
    return Buffer(affine + [Float](repeating: 0, count: 4 * channels))
  }

  private func named(_ numbers: Buffer<Float>) -> tare_channels {
    unsafe tare_channels(
      gamma: numbers.start, beta: numbers.start + channels, mean: numbers.start + 2 * channels,
      variance: numbers.start + 3 * channels)
  }

  private static func numbers(_ count: Int, stream: Int) -> [Float] {
    (0..<count).map { Float(4 * Formula.value(stream, $0)) }
  }
}
