import Foundation
import Optimization

/// The rules as their papers print them: plain loops in Double over filters of weights, one number after the other.
struct PublishedRules {
  var w: [[Double]]
  private var m: [[Double]], v: [[Double]]
  private var t = 0
  let constants: RuleParameters

  init(_ weights: [[Double]], _ constants: RuleParameters) {
    w = weights
    m = weights.map { $0.map { _ in 0 } }
    v = m
    self.constants = constants
  }

  private subscript(_ constant: RuleConstant) -> Double { constants[constant] ?? .nan }

  /// - Returns: whether a formula is written here.
  mutating func step(_ rule: String, _ g: [[Double]], rate: Double, l2: Double, decay: Double) -> Bool {
    t += 1
    let (mu, b1, b2, epsilon) = (self[.momentum], self[.beta1], self[.beta2], self[.epsilon])
    switch rule {
    case "sgd": each(g, l2, decay, rate) { g, _, _, _ in rate * g }
    case "momentum":
      each(g, l2, decay, rate) { g, _, m, _ in
        m = mu * m + g
        return rate * m
      }
    case "nesterov":
      each(g, l2, decay, rate) { g, _, m, _ in
        m = mu * m + g
        return rate * (g + mu * m)
      }
    case "rmsprop":
      each(g, l2, decay, rate) { g, _, _, v in
        v = b2 * v + (1 - b2) * g * g
        return rate * g / (v.squareRoot() + epsilon)
      }
    case "adam", "adamw":
      each(g, l2, decay, rate) { [t] g, _, m, v in rate * Self.adam(g, &m, &v, t, b1, b2, epsilon) }
    case "signsgd": each(g, l2, decay, rate) { g, _, _, _ in rate * Self.sign(g) }
    case "lion":
      each(g, l2, decay, rate) { g, _, m, _ in
        let c = b1 * m + (1 - b1) * g
        m = b2 * m + (1 - b2) * g
        return rate * Self.sign(c)
      }
    case "lars":
      let (weights, gradients) = (Self.norm(w.flatMap(\.self)), Self.norm(g.flatMap(\.self)))
      let local =
        weights == 0 || gradients == 0 ? 1 : self[.trustCoefficient] * weights / (gradients + 2 * l2 * weights)
      each(g, l2, decay, rate) { g, _, m, _ in
        m = mu * m + rate * local * g
        return m
      }
    case "lamb": lamb(g, rate, decay, b1, b2, epsilon)
    case "adamp":
      let p = directions(g) { [t] g, m, v in Self.adam(g, &m, &v, t, b1, b2, epsilon) }
      tangential(p, g, rate, decay)
    case "sgdp":
      let p = directions(g) { g, m, _ in
        m = mu * m + g
        return m
      }
      tangential(p, g, rate, decay / (1 - mu))
    case "riemannian-sgd": for f in w.indices { sphere(f, g[f], rate, mu) }
    default: return false
    }
    return true
  }

  /// w ← (1 − rate · decay) w − step(g + 2λw, w, m, v), weight by weight.
  private mutating func each(
    _ g: [[Double]], _ l2: Double, _ decay: Double, _ rate: Double,
    _ step: (Double, Double, inout Double, inout Double) -> Double
  ) {
    for f in w.indices {
      for i in w[f].indices {
        let old = w[f][i]
        w[f][i] = (1 - rate * decay) * old - step(g[f][i] + 2 * l2 * old, old, &m[f][i], &v[f][i])
      }
    }
  }

  private mutating func directions(
    _ g: [[Double]], _ direction: (Double, inout Double, inout Double) -> Double
  ) -> [[Double]] {
    w.indices.map { f in w[f].indices.map { i in direction(g[f][i], &m[f][i], &v[f][i]) } }
  }

  private mutating func lamb(
    _ g: [[Double]], _ rate: Double, _ decay: Double, _ b1: Double, _ b2: Double, _ epsilon: Double
  ) {
    var r = directions(g) { [t] g, m, v in Self.adam(g, &m, &v, t, b1, b2, epsilon) }
    for f in w.indices { for i in w[f].indices { r[f][i] += decay * w[f][i] } }
    let (weights, length) = (Self.norm(w.flatMap(\.self)), Self.norm(r.flatMap(\.self)))
    let ratio = weights == 0 || length == 0 ? 1 : weights / length
    for f in w.indices { for i in w[f].indices { w[f][i] -= rate * ratio * r[f][i] } }
  }

  /// Heo et al.: the channels' view first, then the layer's.
  private mutating func tangential(_ p: [[Double]], _ g: [[Double]], _ rate: Double, _ decay: Double) {
    var (p, ratio) = (p, 1.0)
    let (allW, allG) = (w.flatMap(\.self), g.flatMap(\.self))
    let channels = w.indices.map { abs(Self.cosine(w[$0], g[$0])) }
    if (channels.max() ?? 0) < self[.delta] / Double(w[0].count).squareRoot() {
      for f in w.indices {
        let along = Self.dot(w[f], p[f]) / Self.dot(w[f], w[f])
        for i in w[f].indices { p[f][i] -= along * w[f][i] }
      }
      ratio = self[.weightDecayRatio]
    } else if abs(Self.cosine(allW, allG)) < self[.delta] / Double(allW.count).squareRoot() {
      let along = Self.dot(allW, p.flatMap(\.self)) / Self.dot(allW, allW)
      for f in w.indices { for i in w[f].indices { p[f][i] -= along * w[f][i] } }
      ratio = self[.weightDecayRatio]
    }
    for f in w.indices {
      for i in w[f].indices { w[f][i] = (1 - rate * decay * ratio) * w[f][i] - rate * p[f][i] }
    }
  }

  /// Cho and Lee, Algorithm 3, for one filter; m is τ.
  private mutating func sphere(_ f: Int, _ g: [Double], _ rate: Double, _ mu: Double) {
    let norm = Self.norm(w[f])
    let y = w[f].map { $0 / norm }
    let unit = g.map { norm * $0 }
    let along = Self.dot(y, unit)
    var h = zip(unit, y).map { $0 - along * $1 }
    let length = Self.norm(h)
    if self[.clip] > 0, length > self[.clip] { h = h.map { $0 * self[.clip] / length } }
    let d = zip(m[f], h).map { mu * $0 - rate * $1 }
    let angle = Self.norm(d)
    for i in y.indices {
      w[f][i] = norm * (y[i] * cos(angle) + d[i] / angle * sin(angle))
      m[f][i] = d[i] * cos(angle) - y[i] * angle * sin(angle)
    }
  }

  private static func adam(
    _ g: Double, _ m: inout Double, _ v: inout Double, _ t: Int, _ b1: Double, _ b2: Double, _ epsilon: Double
  ) -> Double {
    m = b1 * m + (1 - b1) * g
    v = b2 * v + (1 - b2) * g * g
    return m / (1 - pow(b1, Double(t))) / ((v / (1 - pow(b2, Double(t)))).squareRoot() + epsilon)
  }

  private static func sign(_ x: Double) -> Double { x > 0 ? 1 : x < 0 ? -1 : 0 }
  private static func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
  private static func norm(_ a: [Double]) -> Double { dot(a, a).squareRoot() }
  private static func cosine(_ a: [Double], _ b: [Double]) -> Double { dot(a, b) / (norm(a) * norm(b)) }
}
