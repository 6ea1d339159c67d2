import Parameters

/// out[n,o,y,x] = b[o] + Σ w[o,i,ky,kx] · in[n,i,y+ky−p,x+kx−p], row by row; elements outside the image are zero.
struct ReferenceConvolution<Scalar: KernelScalar> {
  private let input: ImageShape
  private let outputs: Int
  private let kernel: Int
  private let weight: Int
  private let bias: Int?

  init(_ stage: Stage, outputs: Int, kernel: Int) {
    input = stage.input
    self.outputs = outputs
    self.kernel = kernel
    weight = stage.offset(.weight)
    bias = stage.offset(ifPresent: .bias)
  }

  func forward(
    _ x: UnsafePointer<Scalar>, _ weights: UnsafePointer<Scalar>, into y: UnsafeMutablePointer<Scalar>, samples: Int
  ) {
    for sample in 0..<samples {
      for o in 0..<outputs {
        let plane = unsafe y + (sample * outputs + o) * input.area
        let start: Scalar = if let bias { unsafe weights[bias + o] } else { 0 }
        unsafe plane.update(repeating: start, count: input.area)
        forEachTap(sample, o) { tap, source, rows, shift, columns, count in
          let w = unsafe weights[weight + tap]
          for row in rows {
            unsafe RowOperations.accumulate(
              w, x + source + (row + shift) * input.width + columns.source,
              into: plane + row * input.width + columns.destination, count: count)
          }
        }
      }
    }
  }

  /// Adds to `gradient`, and to `dx` unless it is `nil`.
  func backward(
    _ x: UnsafePointer<Scalar>, _ weights: UnsafePointer<Scalar>, dy: UnsafePointer<Scalar>,
    dx: UnsafeMutablePointer<Scalar>?, gradient: UnsafeMutablePointer<Scalar>, samples: Int
  ) {
    for sample in 0..<samples {
      for o in 0..<outputs {
        let plane = unsafe dy + (sample * outputs + o) * input.area
        if let bias {
          for i in 0..<input.area { unsafe gradient[bias + o] += plane[i] }
        }
        forEachTap(sample, o) { tap, source, rows, shift, columns, count in
          let w = unsafe weights[weight + tap]
          var sum: Scalar = 0
          for row in rows {
            let from = source + (row + shift) * input.width + columns.source
            let row = unsafe plane + row * input.width + columns.destination
            unsafe sum += RowOperations.dot(x + from, row, count: count)
            if let dx = unsafe dx { unsafe RowOperations.accumulate(w, row, into: dx + from, count: count) }
          }
          unsafe gradient[weight + tap] += sum
        }
      }
    }
  }

  /// Calls `body` for each weight of filter `o` with the weight's index in the tensor, the start of the sample's input
  /// plane, the output rows it reaches, the distance to the input row, the first columns and the number of columns.
  @inline(__always)
  private func forEachTap(
    _ sample: Int, _ o: Int,
    _ body: (Int, Int, Range<Int>, Int, (source: Int, destination: Int), Int) -> Void
  ) {
    for i in 0..<input.channels {
      let source = (sample * input.channels + i) * input.area
      for ky in 0..<kernel {
        let down = ky - kernel / 2
        let rows = max(0, -down)..<max(0, -down, min(input.height, input.height - down))
        for kx in 0..<kernel {
          let right = kx - kernel / 2
          let columns = (source: max(0, right), destination: max(0, -right))
          let tap = ((o * input.channels + i) * kernel + ky) * kernel + kx
          body(tap, source, rows, down, columns, max(0, input.width - abs(right)))
        }
      }
    }
  }
}
