import Foundation
import Parameters

/// y = x Φ(x), Φ the normal distribution function (Hendrycks, Gimpel 2016, arXiv:1606.08415); dy/dx = Φ(x) + x φ(x).
struct ReferenceGELU<Scalar: KernelScalar> {
  func forward(_ x: UnsafePointer<Scalar>, into y: UnsafeMutablePointer<Scalar>, count: Int) {
    for i in 0..<count {
      let value = unsafe Double(x[i])
      unsafe y[i] = Scalar(value * Self.distribution(value))
    }
  }

  func backward(
    _ x: UnsafePointer<Scalar>, dy: UnsafePointer<Scalar>, dx: UnsafeMutablePointer<Scalar>, count: Int
  ) {
    for i in 0..<count {
      let value = unsafe Double(x[i])
      let density = exp(-value * value / 2) / (2 * Double.pi).squareRoot()
      unsafe dx[i] = dy[i] * Scalar(Self.distribution(value) + value * density)
    }
  }

  private static func distribution(_ x: Double) -> Double { erfc(-x / 2.0.squareRoot()) / 2 }
}
