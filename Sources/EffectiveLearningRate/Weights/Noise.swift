/// The squared gradient norm of one step, of one group or a whole tensor, decomposed into signal and noise.
struct Noise {
  /// ‖g‖²
  let squaredMean: Double
  /// Σ_k‖g_k − g‖²/K = Σ_k‖g_k‖²/K − ‖g‖²
  let scatter: Double
  /// tr Σ, of one sample's gradient.
  let trace: Double
  /// ‖G‖²
  let signal: Double

  /// tr Σ/‖G‖², where ‖G‖² is more than what rounding leaves of a signal of 0. A filter that only one microbatch reached
  /// has none: its estimate cancels, up to the rounding of float32 gradients and of their tree sum.
  var scale: Double? { signal > 1e-5 * squaredMean ? trace / signal : nil }

  /// - Parameters:
  ///   - microbatches: K > 1.
  ///   - microbatch: b.
  init(squaredMean: Double, sumOfSquares: Double, microbatches: Int, microbatch: Int) {
    let (count, samples) = (Double(microbatches), Double(microbatch))
    self.squaredMean = squaredMean
    scatter = max(0, sumOfSquares / count - squaredMean)
    trace = samples * scatter * count / (count - 1)
    signal = squaredMean - trace / (count * samples)
  }
}

/// The noise of all groups, and of the whole tensor.
struct LayerNoise {
  let groups: [Noise]
  let layer: Noise?

  /// The values of one quantity: the layer's, and quantiles over the groups.
  func values(_ quantity: (Noise) -> Double?) -> [MetricValue] {
    [MetricValue(.layer, layer.flatMap(quantity))] + Statistic.quantiles(of: groups.compactMap(quantity))
  }
}

extension LayerContext {
  /// The noise of the layer; empty if not measured, as in steps of one microbatch.
  func noise(of windows: [FilterWindow]) -> LayerNoise {
    func noise(_ windows: some Sequence<FilterWindow>) -> Noise {
      Noise(
        squaredMean: windows.reduce(0) { $0 + $1.gradientNorm * $1.gradientNorm },
        sumOfSquares: windows.reduce(0) { $0 + $1.microbatchSquares }, microbatches: microbatches,
        microbatch: microbatch)
    }
    let measured = microbatches > 1 ? windows.filter { $0.microbatchSquares >= 0 } : []
    return LayerNoise(
      groups: measured.map { noise(CollectionOfOne($0)) }, layer: measured.isEmpty ? nil : noise(measured))
  }
}
