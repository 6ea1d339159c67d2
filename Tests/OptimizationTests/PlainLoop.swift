import Parameters

/// What kernels sum up, one element after the other, as an oracle.
enum PlainLoop {
  /// Sixteen lanes, element i in lane i mod 16, folded in halves.
  static func sum(_ terms: [Double]) -> Double {
    var lanes = [Double](repeating: 0, count: 16)
    for (i, term) in terms.enumerated() { lanes[i % 16] += term }
    while lanes.count > 1 {
      let half = lanes.count / 2
      lanes = (0..<half).map { lanes[$0] + lanes[$0 + half] }
    }
    return lanes[0]
  }

  static func sums<S: KernelScalar>(
    _ old: ArraySlice<S>, _ g: ArraySlice<S>, _ new: ArraySlice<S>, _ m: ArraySlice<S>?, isDirection: Bool
  ) -> FilterSums {
    let (w, g) = (old.map { Double($0) }, g.map { Double($0) })
    let d = zip(new, w).map { Double($0) - (isDirection ? 0 : $1) }
    let m = m?.map { Double($0) } ?? w.map { _ in 0 }
    var sums = FilterSums()
    sums.w2 = sum(w.map { $0 * $0 })
    sums.g2 = sum(g.map { $0 * $0 })
    sums.wg = sum(zip(w, g).map { $0 * $1 })
    sums.d2 = sum(d.map { $0 * $0 })
    sums.wd = sum(zip(w, d).map { $0 * $1 })
    sums.live = Double(g.count { $0 != 0 })
    sums.m2 = sum(m.map { $0 * $0 })
    sums.wm = sum(zip(w, m).map { $0 * $1 })
    return sums
  }
}
