import Parameters

/// y = γ x̂ + β with x̂ = (x − mean) / √(variance + ε); mean and variance are those of one sample over a group of
/// channels and all positions, γ and β are per channel; sums in `Double`.
///
/// Backward, with m values per group and g = γ dy: dβ = Σ dy, dγ = Σ dy x̂, dx = (g − Σ g / m − x̂ Σ g x̂ / m) /
/// √(variance + ε) (Ba, Kiros, Hinton 2016, arXiv:1607.06450).
///
/// Without centering, the mean is taken as 0: x̂ = x / √(mean square + ε), and dx has no term Σ g / m.
struct ReferenceSampleNormalization<Scalar: KernelScalar> {
  private let shape: ImageShape
  private let groups: Int
  private let centers: Bool
  private let epsilon: Double
  private let gamma: Int
  private let beta: Int

  init(_ stage: Stage, groups: Int = 1, centers: Bool, epsilon: Double) {
    shape = stage.input
    self.groups = groups
    self.centers = centers
    self.epsilon = epsilon
    gamma = stage.offset(.gamma)
    beta = stage.offset(.beta)
  }

  func forward(
    _ x: UnsafePointer<Scalar>, _ weights: UnsafePointer<Scalar>, into y: UnsafeMutablePointer<Scalar>, samples: Int
  ) {
    unsafe forEachGroup(x, samples: samples) { mean, inverse, planes in
      let center = Scalar(mean)
      for (channel, plane) in planes {
        let slope = unsafe weights[gamma + channel] * Scalar(inverse)
        let shift = unsafe weights[beta + channel]
        for i in plane..<(plane + shape.area) { unsafe y[i] = (x[i] - center) * slope + shift }
      }
    }
  }

  /// Adds dγ and dβ to `gradient`, and writes `dx` unless it is `nil`.
  func backward(
    _ x: UnsafePointer<Scalar>, _ weights: UnsafePointer<Scalar>, dy: UnsafePointer<Scalar>,
    dx: UnsafeMutablePointer<Scalar>?, gradient: UnsafeMutablePointer<Scalar>, samples: Int
  ) {
    var sums = [(dy: Double, product: Double)](repeating: (0, 0), count: shape.channels)
    let count = Double(shape.count / groups)
    unsafe forEachGroup(x, samples: samples) { mean, inverse, planes in
      var (slopes, products) = (0.0, 0.0)
      for (channel, plane) in planes {
        var (sum, product) = (0.0, 0.0)
        for i in plane..<(plane + shape.area) {
          unsafe sum += Double(dy[i])
          unsafe product += Double(dy[i]) * ((Double(x[i]) - mean) * inverse)
        }
        sums[channel].dy += sum
        sums[channel].product += product
        let gamma = unsafe Double(weights[gamma + channel])
        slopes += gamma * sum
        products += gamma * product
      }
      guard let dx = unsafe dx else { return }
      let shift = centers ? slopes / count : 0
      for (channel, plane) in planes {
        let gamma = unsafe Double(weights[gamma + channel])
        for i in plane..<(plane + shape.area) {
          let normalized = unsafe (Double(x[i]) - mean) * inverse
          unsafe dx[i] = unsafe Scalar(
            inverse * (gamma * Double(dy[i]) - shift - normalized * products / count))
        }
      }
    }
    for (channel, sums) in sums.enumerated() {
      unsafe gradient[gamma + channel] += Scalar(sums.product)
      unsafe gradient[beta + channel] += Scalar(sums.dy)
    }
  }

  /// Calls `body` for each group of each sample with its mean, 1 / √(variance + ε), its channels, and the start of
  /// their planes. The variance is the biased one, in two passes.
  @inline(__always)
  private func forEachGroup(
    _ x: UnsafePointer<Scalar>, samples: Int,
    _ body: (Double, Double, LazyMapSequence<Range<Int>, (channel: Int, plane: Int)>) -> Void
  ) {
    let channels = shape.channels / groups
    let length = channels * shape.area
    for sample in 0..<samples {
      for group in 0..<groups {
        let start = (sample * groups + group) * length
        var sum = 0.0
        if centers { for i in start..<(start + length) { unsafe sum += Double(x[i]) } }
        let mean = sum / Double(length)
        var squares = 0.0
        for i in start..<(start + length) {
          let distance = unsafe Double(x[i]) - mean
          squares += distance * distance
        }
        let planes = (0..<channels).lazy.map { (channel: group * channels + $0, plane: start + $0 * shape.area) }
        body(mean, 1 / (squares / Double(length) + epsilon).squareRoot(), planes)
      }
    }
  }
}
