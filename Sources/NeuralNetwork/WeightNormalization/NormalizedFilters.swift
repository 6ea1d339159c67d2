import Parameters

/// The positions of one layer's filters in the given and the plain vector; see `EffectiveWeights` for the formulas.
struct NormalizedFilters {
  let count: Int
  private let length: Int
  private let weight: Int
  private let bias: Int?
  private let gamma: Int
  private let beta: Int
  private let plainWeight: Int
  private let plainBias: Int

  init(_ linear: Stage, _ normalization: Stage, plain: Stage) {
    count = linear.output.channels
    weight = linear.offset(.weight)
    length = (linear.parameters[.weight]?.count ?? 0) / count
    bias = linear.offset(ifPresent: .bias)
    gamma = normalization.offset(.gamma)
    beta = normalization.offset(.beta)
    plainWeight = plain.offset(.weight)
    plainBias = plain.offset(.bias)
  }

  /// - Parameter norms: receives ‖w‖² of each filter.
  func forward<Scalar: KernelScalar>(
    _ weights: UnsafePointer<Scalar>, into plain: UnsafeMutablePointer<Scalar>, norms: UnsafeMutablePointer<Double>
  ) {
    unsafe Scalar.squaredNorms(ofRows: weights + weight, into: norms, rows: count, rowLength: length)
    let factors = (0..<count).map { unsafe Double(weights[gamma + $0]) / norms[$0].squareRoot() }
    unsafe factors.withUnsafeBufferPointer { factors in
      guard let factors = factors.baseAddress else { return }
      unsafe Scalar.scaleRows(
        of: weights + weight, by: factors, into: plain + plainWeight, rows: count, rowLength: length)
    }
    for f in 0..<count {
      let shift = if let bias { unsafe factors[f] * Double(weights[bias + f]) } else { 0.0 }
      unsafe plain[plainBias + f] = Scalar(shift + Double(weights[beta + f]))
    }
  }

  func backward<Scalar: KernelScalar>(
    _ weights: UnsafePointer<Scalar>, plain: UnsafePointer<Scalar>, into gradient: UnsafeMutablePointer<Scalar>,
    norms: UnsafePointer<Double>
  ) {
    for f in 0..<count {
      let w = unsafe weights + weight + f * length
      let slope = unsafe plain + plainWeight + f * length
      let shift = unsafe Double(plain[plainBias + f])
      var product = unsafe NormalizedFilters.dot(w, slope, count: length)
      if let bias { unsafe product += shift * Double(weights[bias + f]) }
      let inverse = unsafe 1 / norms[f].squareRoot()
      let factor = unsafe Double(weights[gamma + f]) * inverse
      let radial = product * inverse * inverse
      let dw = unsafe gradient + weight + f * length
      for i in 0..<length { unsafe dw[i] = unsafe Scalar(factor * (Double(slope[i]) - Double(w[i]) * radial)) }
      if let bias { unsafe gradient[bias + f] = Scalar(factor * shift) }
      unsafe gradient[gamma + f] = Scalar(product * inverse)
      unsafe gradient[beta + f] = plain[plainBias + f]
    }
  }

  /// Σ xᵢ yᵢ in `Double`, in four interleaved sums, combined in a fixed order.
  @inline(__always)
  private static func dot<Scalar: KernelScalar>(
    _ x: UnsafePointer<Scalar>, _ y: UnsafePointer<Scalar>, count: Int
  ) -> Double {
    var sums = SIMD4<Double>()
    for i in 0..<(count / 4) {
      for lane in 0..<4 { unsafe sums[lane] += Double(x[4 * i + lane]) * Double(y[4 * i + lane]) }
    }
    for i in (count / 4 * 4)..<count { unsafe sums[0] += Double(x[i]) * Double(y[i]) }
    return (sums[0] + sums[1]) + (sums[2] + sums[3])
  }
}
