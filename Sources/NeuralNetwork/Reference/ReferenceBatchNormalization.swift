import Parameters

/// y = γ x̂ + β with x̂ = (x − mean) / √(variance + ε), per channel; sums in `Double`.
///
/// Backward, with m values per channel: dβ = Σ dy, dγ = Σ dy x̂, dx = γ / √(variance + ε) · (dy − dβ/m − x̂ dγ/m)
/// (Ioffe, Szegedy 2015, section 3).
struct ReferenceBatchNormalization<Scalar: KernelScalar> {
  private let shape: ImageShape
  private let gamma: Int
  private let beta: Int
  private let runningMean: Int
  private let runningVariance: Int
  private let epsilon: Double

  init(_ stage: Stage, epsilon: Double) {
    self.epsilon = epsilon
    shape = stage.input
    gamma = stage.offset(.gamma)
    beta = stage.offset(.beta)
    runningMean = stage.offset(.runningMean)
    runningVariance = stage.offset(.runningVariance)
  }

  /// - Parameter statistics: whether to use batch statistics; the running ones apply if `false`.
  func forward(
    _ x: UnsafePointer<Scalar>, _ weights: UnsafePointer<Scalar>, into y: UnsafeMutablePointer<Scalar>, samples: Int,
    batchStatistics: Bool
  ) {
    for c in 0..<shape.channels {
      let (mean, variance) =
        batchStatistics
        ? unsafe statistics(x, channel: c, samples: samples)
        : unsafe (Double(weights[runningMean + c]), Double(weights[runningVariance + c]))
      let center = Scalar(mean)
      let slope = unsafe weights[gamma + c] * Scalar(1 / (variance + epsilon).squareRoot())
      let shift = unsafe weights[beta + c]
      for sample in 0..<samples {
        let plane = (sample * shape.channels + c) * shape.area
        for i in plane..<(plane + shape.area) { unsafe y[i] = (x[i] - center) * slope + shift }
      }
    }
  }

  /// Adds dγ and dβ to `gradient`, sets the statistics of the microbatch there, and writes `dx` unless it is `nil`.
  func backward(
    _ x: UnsafePointer<Scalar>, _ weights: UnsafePointer<Scalar>, dy: UnsafePointer<Scalar>,
    dx: UnsafeMutablePointer<Scalar>?, gradient: UnsafeMutablePointer<Scalar>, samples: Int
  ) {
    let count = Double(samples * shape.area)
    for c in 0..<shape.channels {
      let (mean, variance) = unsafe statistics(x, channel: c, samples: samples)
      unsafe gradient[runningMean + c] = Scalar(mean)
      unsafe gradient[runningVariance + c] = Scalar(variance * count / (count - 1))
      let inverse = 1 / (variance + epsilon).squareRoot()
      var (sum, product) = (0.0, 0.0)
      for sample in 0..<samples {
        let plane = (sample * shape.channels + c) * shape.area
        for i in plane..<(plane + shape.area) {
          unsafe sum += Double(dy[i])
          unsafe product += Double(dy[i]) * ((Double(x[i]) - mean) * inverse)
        }
      }
      unsafe gradient[gamma + c] += Scalar(product)
      unsafe gradient[beta + c] += Scalar(sum)
      guard let dx = unsafe dx else { continue }
      let slope = unsafe Double(weights[gamma + c]) * inverse
      for sample in 0..<samples {
        let plane = (sample * shape.channels + c) * shape.area
        for i in plane..<(plane + shape.area) {
          let normalized = unsafe (Double(x[i]) - mean) * inverse
          unsafe dx[i] = unsafe Scalar(slope * (Double(dy[i]) - sum / count - normalized * product / count))
        }
      }
    }
  }

  /// Mean and biased variance of one channel, in two passes.
  private func statistics(
    _ x: UnsafePointer<Scalar>, channel: Int, samples: Int
  ) -> (mean: Double, variance: Double) {
    let count = Double(samples * shape.area)
    var sum = 0.0
    for sample in 0..<samples {
      let plane = (sample * shape.channels + channel) * shape.area
      for i in plane..<(plane + shape.area) { unsafe sum += Double(x[i]) }
    }
    let mean = sum / count
    var squares = 0.0
    for sample in 0..<samples {
      let plane = (sample * shape.channels + channel) * shape.area
      for i in plane..<(plane + shape.area) {
        let distance = unsafe Double(x[i]) - mean
        squares += distance * distance
      }
    }
    return (mean, squares / count)
  }
}
