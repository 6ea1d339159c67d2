import Parameters

/// The kernels again, one element after the other, as an oracle: the same operations in the same order.
enum PlainLoop {
  /// New weight from (w, g, memory, c), changing the memory; c as documented in CKernels/updates.
  static func step<S: KernelScalar>(_ kernel: String, _ w: S, _ g: S, _ memory: inout [S], _ c: [S]) -> S {
    let g = g + c[1] * w
    switch kernel {
    case "sgd": return c[2] * w - c[0] * g
    case "heavy_ball":
      memory[0] = c[3] * memory[0] + g
      return c[2] * w - c[0] * memory[0]
    case "nesterov":
      memory[0] = c[3] * memory[0] + g
      return c[2] * w - c[0] * (g + c[3] * memory[0])
    default:
      memory[0] = c[3] * memory[0] + c[4] * g
      memory[1] = c[5] * memory[1] + c[6] * (g * g)
      return c[2] * w - c[0] * memory[0] / (c[7] * memory[1].squareRoot() + c[8])
    }
  }

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

  /// - Parameter memory: the first memory tensor after the step; empty for rules without.
  static func sums<S: KernelScalar>(
    _ old: ArraySlice<S>, _ g: ArraySlice<S>, _ new: ArraySlice<S>, memory: ArraySlice<S>
  ) -> FilterSums {
    let (w, g) = (old.map { Double($0) }, g.map { Double($0) })
    let d = zip(new, w).map { Double($0) - $1 }
    var sums = FilterSums()
    sums.w2 = sum(w.map { $0 * $0 })
    sums.g2 = sum(g.map { $0 * $0 })
    sums.wg = sum(zip(w, g).map { $0 * $1 })
    sums.d2 = sum(d.map { $0 * $0 })
    sums.wd = sum(zip(w, d).map { $0 * $1 })
    sums.live = Double(g.count { $0 != 0 })
    let m = memory.map { Double($0) }
    sums.m2 = sum(m.map { $0 * $0 })
    sums.wm = sum(zip(w, m).map { $0 * $1 })
    return sums
  }
}
