import Parameters

/// The kernels again, one element after the other, as an oracle: the same operations in the same order.
enum PlainLoop {
  /// New weight from (w, g, state, c), changing the state; c as documented in CKernels/updates.
  static func step<S: KernelScalar>(_ kernel: String, _ w: S, _ g: S, _ optimizerState: inout [S], _ c: [S]) -> S {
    let g = g + c[1] * w
    switch kernel {
    case "sgd": return c[2] * w - c[0] * g
    case "momentum":
      optimizerState[0] = c[3] * optimizerState[0] + g
      return c[2] * w - c[0] * optimizerState[0]
    case "nesterov":
      optimizerState[0] = c[3] * optimizerState[0] + g
      return c[2] * w - c[0] * (g + c[3] * optimizerState[0])
    case "rmsprop":
      optimizerState[0] = c[3] * optimizerState[0] + c[4] * (g * g)
      return c[2] * w - c[0] * g / (optimizerState[0].squareRoot() + c[5])
    case "signsgd": return c[2] * w - c[0] * sign(g)
    case "lion":
      let u = c[3] * optimizerState[0] + c[4] * g
      optimizerState[0] = c[5] * optimizerState[0] + c[6] * g
      return c[2] * w - c[0] * sign(u)
    case "lars":
      optimizerState[0] = c[3] * optimizerState[0] + c[0] * g
      return c[2] * w - optimizerState[0]
    default:
      optimizerState[0] = c[3] * optimizerState[0] + c[4] * g
      optimizerState[1] = c[5] * optimizerState[1] + c[6] * (g * g)
      return c[2] * w - c[0] * optimizerState[0] / (c[7] * optimizerState[1].squareRoot() + c[8])
    }
  }

  /// The same for kernels by row, in `Double`; p is what an earlier pass left.
  static func row<S: KernelScalar>(_ kernel: String, _ w: S, _ g: S, _ p: S, _ optimizerState: inout [S], _ c: [Double])
    -> S
  {
    let (w, g, p) = (Double(w), Double(g), Double(p))
    switch kernel {
    case "combine": return S(c[0] * w + c[1] * p)
    case "tangent": return S(c[0] * w + c[1] * g + c[2] * Double(optimizerState[0]))
    default:
      optimizerState[0] = S(c[2] * w + c[3] * p)
      return S(c[0] * w + c[1] * p)
    }
  }

  static func sign<S: KernelScalar>(_ x: S) -> S { x > 0 ? 1 : x < 0 ? -1 : 0 }

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
