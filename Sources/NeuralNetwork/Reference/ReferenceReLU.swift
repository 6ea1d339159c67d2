import Parameters

/// y = max(0, x); NaN is passed through. The slope at 0 is 0.
struct ReferenceReLU<Scalar: KernelScalar> {
  func forward(_ x: UnsafePointer<Scalar>, into y: UnsafeMutablePointer<Scalar>, count: Int) {
    for i in 0..<count { unsafe y[i] = x[i] < 0 ? 0 : x[i] }
  }

  func backward(
    _ x: UnsafePointer<Scalar>, dy: UnsafePointer<Scalar>, dx: UnsafeMutablePointer<Scalar>, count: Int
  ) {
    for i in 0..<count { unsafe dx[i] = x[i] > 0 ? dy[i] : 0 }
  }
}
