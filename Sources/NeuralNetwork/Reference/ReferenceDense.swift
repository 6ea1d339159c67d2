import Parameters

/// y[n,o] = b[o] + Σ w[o,i] · x[n,i]
///
/// All samples take their turns with one row of weights, which stays in the nearest cache.
struct ReferenceDense<Scalar: KernelScalar> {
  private let inputs: Int
  private let outputs: Int
  private let weight: Int
  private let bias: Int?

  init(_ stage: Stage, outputs: Int) {
    inputs = stage.input.count
    self.outputs = outputs
    weight = stage.offset(.weight)
    bias = stage.offset(ifPresent: .bias)
  }

  func forward(
    _ x: UnsafePointer<Scalar>, _ weights: UnsafePointer<Scalar>, into y: UnsafeMutablePointer<Scalar>, samples: Int
  ) {
    for o in 0..<outputs {
      let start: Scalar = if let bias { unsafe weights[bias + o] } else { 0 }
      for sample in 0..<samples {
        let product = unsafe RowOperations.dot(x + sample * inputs, weights + weight + o * inputs, count: inputs)
        unsafe y[sample * outputs + o] = start + product
      }
    }
  }

  /// Adds to `gradient`, and to `dx` unless it is `nil`.
  func backward(
    _ x: UnsafePointer<Scalar>, _ weights: UnsafePointer<Scalar>, dy: UnsafePointer<Scalar>,
    dx: UnsafeMutablePointer<Scalar>?, gradient: UnsafeMutablePointer<Scalar>, samples: Int
  ) {
    for o in 0..<outputs {
      let row = weight + o * inputs
      for sample in 0..<samples {
        let slope = unsafe dy[sample * outputs + o]
        unsafe RowOperations.accumulate(slope, x + sample * inputs, into: gradient + row, count: inputs)
        if let bias { unsafe gradient[bias + o] += slope }
        if let dx = unsafe dx {
          unsafe RowOperations.accumulate(slope, weights + row, into: dx + sample * inputs, count: inputs)
        }
      }
    }
  }
}
