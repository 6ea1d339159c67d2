import Parameters

/// The largest element of each window; the first one in row order when several are equal.
struct ReferenceMaxPool<Scalar: KernelScalar> {
  let geometry: PoolGeometry

  func forward(_ x: UnsafePointer<Scalar>, into y: UnsafeMutablePointer<Scalar>, samples: Int) {
    unsafe forEachWindow(x, samples: samples) { output, winner in unsafe y[output] = x[winner] }
  }

  /// Passes each slope to the largest element of its window; adds to `dx`.
  func backward(
    _ x: UnsafePointer<Scalar>, dy: UnsafePointer<Scalar>, dx: UnsafeMutablePointer<Scalar>, samples: Int
  ) {
    unsafe forEachWindow(x, samples: samples) { output, winner in unsafe dx[winner] += dy[output] }
  }

  @inline(__always)
  private func forEachWindow(_ x: UnsafePointer<Scalar>, samples: Int, _ body: (Int, Int) -> Void) {
    var output = 0
    for plane in 0..<(samples * geometry.input.channels) {
      let start = plane * geometry.input.area
      for row in 0..<geometry.output.height {
        for column in 0..<geometry.output.width {
          let rows = geometry.rows(row)
          let columns = geometry.columns(column)
          var winner = start + rows.lowerBound * geometry.input.width + columns.lowerBound
          for y in rows {
            for i
              in (start + y * geometry.input.width + columns.lowerBound)..<(start + y * geometry.input.width
              + columns.upperBound)
            where unsafe x[i] > x[winner] || x[i].isNaN {
              winner = i
            }
          }
          body(output, winner)
          output += 1
        }
      }
    }
  }
}
