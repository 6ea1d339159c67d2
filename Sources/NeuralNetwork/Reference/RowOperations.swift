import Parameters

/// The two inner loops of the linear layers, over contiguous elements.
enum RowOperations<Scalar: KernelScalar> {
  /// y += a x
  @inline(__always)
  static func accumulate(_ a: Scalar, _ x: UnsafePointer<Scalar>, into y: UnsafeMutablePointer<Scalar>, count: Int) {
    for i in 0..<count { unsafe y[i] += a * x[i] }
  }

  /// Σ xᵢ yᵢ in eight interleaved sums, combined in a fixed order, and one of what remains.
  @inline(__always)
  static func dot(_ x: UnsafePointer<Scalar>, _ y: UnsafePointer<Scalar>, count: Int) -> Scalar {
    let whole = count & ~7
    var eight = SIMD8<Scalar>()
    for i in stride(from: 0, to: whole, by: 8) {
      eight += unsafe eightElements(x + i) * eightElements(y + i)
    }
    let four = eight.lowHalf + eight.highHalf
    let two = four.lowHalf + four.highHalf
    var rest: Scalar = 0
    for i in whole..<count { unsafe rest += x[i] * y[i] }
    return two.x + two.y + rest
  }

  @inline(__always)
  private static func eightElements(_ start: UnsafePointer<Scalar>) -> SIMD8<Scalar> {
    unsafe UnsafeRawPointer(start).loadUnaligned(as: SIMD8<Scalar>.self)
  }
}
