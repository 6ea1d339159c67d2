import CKernels
import Parameters

extension RuleConstant {
  package static let delta = RuleConstant(
    "delta", "The cos(w, g)·√length below which a step is made tangential,", .notNegative)
  package static let weightDecayRatio = RuleConstant(
    "weightDecayRatio", "The factor on weightDecay when a step is made tangential,", .proportion)
}

/// What AdamP and SGDP do to a direction p: where the weights look scale-invariant, the part of p along them is taken
/// out, p ← p − u⟨u, p⟩ with u = w/‖w‖, and weightDecay is multiplied by `weightDecayRatio`.
///
/// Weights look scale-invariant when |cos(w, g)| < delta/√n: first filter by filter, n weights each, if that holds for
/// all filters; else as one layer, if it holds there. Vectors of zero length have cosine 0. Tensors whose filters have
/// one weight (γ, β) are left alone, and the published code's 10⁻⁸ in the norms is left out, which would break scaling.
///
/// - Source: Heo et al. 2020, arXiv:2006.08217, section 3.2, and the published code, which adds the layer's test.
struct TangentialStep: Hashable {
  let delta: Double
  let weightDecayRatio: Double

  init(_ parameters: RuleParameters) throws(RuleError) {
    delta = try parameters.value(.delta)
    weightDecayRatio = try parameters.value(.weightDecayRatio)
  }

  /// Makes new weights of the direction in `slice.updated`: w ← (1 − decay) w − rate · p, with p and decay as above.
  ///
  /// - Parameter sums: what the direction's kernel saw, with p in place of d.
  func apply<Scalar: KernelScalar>(
    to slice: TensorSlice<Scalar>, _ sums: [FilterSums], rate: Double, decay: Double
  ) {
    let radial = radialParts(sums, filterLength: slice.filterLength)
    let decay = decay * (radial == nil ? 1 : weightDecayRatio)
    Scalar.combine(
      slice, sums.indices.map { tare_combine_parameters(weight: rate * (radial?[$0] ?? 0) - decay, direction: -rate) })
  }

  /// For each filter the multiple of w to be taken out of p; `nil` where p stays as it is.
  private func radialParts(_ sums: [FilterSums], filterLength: Int) -> [Double]? {
    guard filterLength > 1 else { return nil }
    if sums.allSatisfy({ looksInvariant($0, count: filterLength) }) { return sums.map(radialPart) }
    let whole = sums.reduce(FilterSums(), +)
    guard looksInvariant(whole, count: filterLength * sums.count) else { return nil }
    return Array(repeating: radialPart(whole), count: sums.count)
  }

  private func looksInvariant(_ sums: FilterSums, count: Int) -> Bool {
    guard sums.w2 > 0, sums.g2 > 0 else { return delta > 0 }
    return abs(sums.wg) / (sums.w2.squareRoot() * sums.g2.squareRoot()) < delta / Double(count).squareRoot()
  }

  private func radialPart(_ sums: FilterSums) -> Double { sums.w2 > 0 ? sums.wd / sums.w2 : 0 }
}
