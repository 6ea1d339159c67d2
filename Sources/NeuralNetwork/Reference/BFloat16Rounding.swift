import Parameters

/// What `Backends.Activations.bfloat16` means, in plain arithmetic.
struct BFloat16Rounding<Scalar: KernelScalar> {
  /// Weights of convolutions and dense layers.
  private let ranges: [Range<Int>]
  private let copy: Buffer<Scalar>

  init(_ architecture: Architecture) {
    ranges = architecture.stages.filter(\.layer.isLinear).compactMap { $0.parameters[.weight] }
    copy = Buffer(count: architecture.layout.count)
  }

  /// A copy of all parameters, in which the weights are rounded; valid until the next call.
  func weights(_ parameters: UnsafePointer<Scalar>) -> UnsafePointer<Scalar> {
    unsafe copy.start.update(from: parameters, count: copy.count)
    for range in ranges { for index in range { unsafe copy.start[index] = Self.rounded(copy.start[index]) } }
    return unsafe UnsafePointer(copy.start)
  }

  func round(_ tensor: Buffer<Scalar>) {
    for index in 0..<tensor.count { unsafe tensor.start[index] = Self.rounded(tensor.start[index]) }
  }

  /// To the nearest number whose float32 ends with 16 zero bits; ties to the one whose next bit is 0, too.
  static func rounded(_ value: Scalar) -> Scalar {
    let bits = Float(value).bitPattern
    guard value.isFinite else { return value }
    let half = 0x7FFF + (bits >> 16 & 1)
    return Scalar(Float(bitPattern: (bits &+ half) & 0xFFFF_0000))
  }
}
