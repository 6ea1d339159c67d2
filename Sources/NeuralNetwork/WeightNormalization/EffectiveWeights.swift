import Parameters

/// Weight normalization as a change of the flat vector: y = γ (X w + b) / ‖w‖ + β is a plain layer X ŵ + b̂ with ŵ = γ
/// w / ‖w‖ and b̂ = γ b / ‖w‖ + β; the bias b exists only in control experiments. Norms are those of a filter.
///
/// Backward, with s = ⟨dŵ, w⟩ + db̂ b: dγ = s / ‖w‖, dβ = db̂, dw = γ / ‖w‖ · (dŵ − w s / ‖w‖²), db = γ / ‖w‖ · db̂
/// (Salimans, Kingma 2016, arXiv:1602.07868, section 2.1). A filter of zeros makes everything after it NaN.
struct EffectiveWeights<Scalar: KernelScalar> {
  /// The same network without its weight normalizations.
  let plain: Architecture
  private let filters: [NormalizedFilters]
  private let copies: [(given: Range<Int>, plain: Int)]
  private let norms: Buffer<Double>

  /// Returns `nil` if no weights are normalized.
  init?(_ architecture: Architecture) throws(NetworkError) {
    guard architecture.layers.contains(.weightNormalization) else { return nil }
    plain = try Architecture(
      name: architecture.name, input: architecture.input,
      layers: architecture.layers.filter { $0 != .weightNormalization },
      biasBeforeNormalization: architecture.biasBeforeNormalization)
    var filters: [NormalizedFilters] = []
    var copies: [(given: Range<Int>, plain: Int)] = []
    let given = architecture.stages.indices.filter { architecture.stages[$0].layer != .weightNormalization }
    for (index, target) in zip(given, plain.stages) {
      let stages = architecture.stages[index...].prefix(2)
      if let normalization = stages.dropFirst().first, normalization.layer == .weightNormalization {
        filters.append(NormalizedFilters(architecture.stages[index], normalization, plain: target))
      } else {
        copies += architecture.stages[index].parameters.map { ($1, target.offset($0)) }
      }
    }
    (self.filters, self.copies) = (filters, copies)
    norms = Buffer(count: filters.map(\.count).reduce(0, +))
  }

  /// Writes the plain network's parameters.
  func forward(_ weights: UnsafePointer<Scalar>, into plain: UnsafeMutablePointer<Scalar>) {
    for copy in copies {
      unsafe (plain + copy.plain).update(from: weights + copy.given.lowerBound, count: copy.given.count)
    }
    var norms = unsafe self.norms.start
    for filters in filters {
      unsafe filters.forward(weights, into: plain, norms: norms)
      unsafe norms += filters.count
    }
  }

  /// Writes the gradient with respect to `weights`, which must be those of the last `forward`.
  func backward(
    _ weights: UnsafePointer<Scalar>, plain: UnsafePointer<Scalar>, into gradient: UnsafeMutablePointer<Scalar>
  ) {
    for copy in copies {
      unsafe (gradient + copy.given.lowerBound).update(from: plain + copy.plain, count: copy.given.count)
    }
    var norms = unsafe UnsafePointer(self.norms.start)
    for filters in filters {
      unsafe filters.backward(weights, plain: plain, into: gradient, norms: norms)
      unsafe norms += filters.count
    }
  }
}
