import Parameters

/// The two inner loops of the linear layers, over contiguous elements.
enum RowOperations<Scalar: KernelScalar> {
  /// y += a x
  @inline(__always)
  static func accumulate(_ a: Scalar, _ x: UnsafePointer<Scalar>, into y: UnsafeMutablePointer<Scalar>, count: Int) {
    for i in 0..<count { unsafe y[i] += a * x[i] }
  }

  /// Σ xᵢ yᵢ in four interleaved sums, combined in a fixed order.
  @inline(__always)
  static func dot(_ x: UnsafePointer<Scalar>, _ y: UnsafePointer<Scalar>, count: Int) -> Scalar {
    var (a, b, c, d): (Scalar, Scalar, Scalar, Scalar) = (0, 0, 0, 0)
    var i = 0
    while i + 4 <= count {
      unsafe a += x[i] * y[i]
      unsafe b += x[i + 1] * y[i + 1]
      unsafe c += x[i + 2] * y[i + 2]
      unsafe d += x[i + 3] * y[i + 3]
      i += 4
    }
    while i < count {
      unsafe a += x[i] * y[i]
      i += 1
    }
    return (a + b) + (c + d)
  }
}
