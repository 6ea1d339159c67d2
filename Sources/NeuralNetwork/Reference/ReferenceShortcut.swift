import Parameters

/// y[n,c,y,x] += a[n,c,y·s,x·s] for the channels that a has.
struct ReferenceShortcut<Scalar: KernelScalar> {
  let shortcut: Shortcut

  /// Adds to `y`.
  func forward(_ a: UnsafePointer<Scalar>, into y: UnsafeMutablePointer<Scalar>, samples: Int) {
    forEachElement(samples) { saved, sum in unsafe y[sum] += a[saved] }
  }

  /// Adds to `da`.
  func backward(_ dy: UnsafePointer<Scalar>, into da: UnsafeMutablePointer<Scalar>, samples: Int) {
    forEachElement(samples) { saved, sum in unsafe da[saved] += dy[sum] }
  }

  @inline(__always)
  private func forEachElement(_ samples: Int, _ body: (_ saved: Int, _ sum: Int) -> Void) {
    let (from, to, stride) = (shortcut.from, shortcut.to, shortcut.stride)
    for sample in 0..<samples {
      for channel in 0..<from.channels {
        for row in 0..<to.height {
          for column in 0..<to.width {
            let saved = ((sample * from.channels + channel) * from.height + row * stride) * from.width + column * stride
            body(saved, ((sample * to.channels + channel) * to.height + row) * to.width + column)
          }
        }
      }
    }
  }
}
