import Parameters

/// The sum of each window divided by its size; padding counts as zeros.
struct ReferenceAveragePool<Scalar: KernelScalar> {
  let geometry: PoolGeometry

  func forward(_ x: UnsafePointer<Scalar>, into y: UnsafeMutablePointer<Scalar>, samples: Int) {
    forEachWindow(samples: samples) { output, row, columns in
      for i in columns { unsafe y[output] += x[row + i] / size }
    }
  }

  /// Distributes each slope evenly; adds to `dx`.
  func backward(dy: UnsafePointer<Scalar>, dx: UnsafeMutablePointer<Scalar>, samples: Int) {
    forEachWindow(samples: samples) { output, row, columns in
      for i in columns { unsafe dx[row + i] += dy[output] / size }
    }
  }

  private var size: Scalar { Scalar(geometry.window[0] * geometry.window[1]) }

  /// Calls `body` with the output's index, the start of an image row in its window, and the columns of the window.
  @inline(__always)
  private func forEachWindow(samples: Int, _ body: (Int, Int, Range<Int>) -> Void) {
    var output = 0
    for plane in 0..<(samples * geometry.input.channels) {
      for row in 0..<geometry.output.height {
        for column in 0..<geometry.output.width {
          for y in geometry.rows(row) {
            body(output, plane * geometry.input.area + y * geometry.input.width, geometry.columns(column))
          }
          output += 1
        }
      }
    }
  }
}
