import Parameters

/// out[n,o,y,x] = b[o] + Σ w[o,i,ky,kx] · in[n,i,y·s+ky−p,x·s+kx−p], element by element; elements outside the image are zero.
struct ReferenceStridedConvolution<Scalar: KernelScalar> {
  private let stage: Stage
  private let kernel: Int
  private let stride: Int
  private let weight: Int
  private let bias: Int?

  init(_ stage: Stage, kernel: Int, stride: Int) {
    self.stage = stage
    self.kernel = kernel
    self.stride = stride
    weight = stage.offset(.weight)
    bias = stage.offset(ifPresent: .bias)
  }

  func forward(
    _ x: UnsafePointer<Scalar>, _ weights: UnsafePointer<Scalar>, into y: UnsafeMutablePointer<Scalar>, samples: Int
  ) {
    forEachOutput(samples) { output, filter in
      unsafe y[output] = if let bias { unsafe weights[bias + filter] } else { 0 }
    } product: { output, input, tap in
      unsafe y[output] += weights[weight + tap] * x[input]
    }
  }

  /// Adds to `gradient`, and to `dx` unless it is `nil`.
  func backward(
    _ x: UnsafePointer<Scalar>, _ weights: UnsafePointer<Scalar>, dy: UnsafePointer<Scalar>,
    dx: UnsafeMutablePointer<Scalar>?, gradient: UnsafeMutablePointer<Scalar>, samples: Int
  ) {
    forEachOutput(samples) { output, filter in
      if let bias { unsafe gradient[bias + filter] += dy[output] }
    } product: { output, input, tap in
      unsafe gradient[weight + tap] += dy[output] * x[input]
      if let dx = unsafe dx { unsafe dx[input] += weights[weight + tap] * dy[output] }
    }
  }

  /// Calls `begin` for each element of the output with its filter, and then `product` with each element of the input and the
  /// weight that it is multiplied with.
  @inline(__always)
  private func forEachOutput(
    _ samples: Int, begin: (_ output: Int, _ filter: Int) -> Void,
    product: (_ output: Int, _ input: Int, _ tap: Int) -> Void
  ) {
    let (from, to, padding) = (stage.input, stage.output, kernel / 2)
    var output = 0
    for sample in 0..<samples {
      for filter in 0..<to.channels {
        for row in 0..<to.height {
          for column in 0..<to.width {
            begin(output, filter)
            let (top, left) = (row * stride - padding, column * stride - padding)
            let rows = max(0, top)..<min(from.height, top + kernel)
            let columns = max(0, left)..<min(from.width, left + kernel)
            for channel in 0..<from.channels {
              let plane = (sample * from.channels + channel) * from.area
              let taps = (filter * from.channels + channel) * kernel * kernel
              for y in rows {
                for x in columns {
                  product(output, plane + y * from.width + x, taps + (y - top) * kernel + x - left)
                }
              }
            }
            output += 1
          }
        }
      }
    }
  }
}
