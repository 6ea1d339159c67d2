import Foundation

/// The regularized incomplete beta function I_x(a, b), from its continued fraction by Lentz's method.
///
/// - Parameters:
///   - x: from 0 to 1.
///   - a: above 0.
///   - b: above 0.
/// - Source: DLMF 8.17.22 for the fraction; Lentz 1976, doi:10.1364/AO.15.000668.
func regularizedIncompleteBeta(_ x: Double, _ a: Double, _ b: Double) -> Double {
  guard x > 0 else { return 0 }
  guard x < 1 else { return 1 }
  // The fraction converges fast only below the mean; above it, I_x(a, b) = 1 − I_{1−x}(b, a) is used.
  guard x <= (a + 1) / (a + b + 2) else { return 1 - regularizedIncompleteBeta(1 - x, b, a) }
  let logFront = logGamma(a + b) - logGamma(a) - logGamma(b) + a * log(x) + b * log1p(-x)
  return exp(logFront) / (a * betaFraction(x, a, b))
}

/// 1 + d₁/(1 + d₂/(1 + …)) with the coefficients of DLMF 8.17.23.
private func betaFraction(_ x: Double, _ a: Double, _ b: Double) -> Double {
  let tiny = 1e-300  // stands for 0, which Lentz's method must not divide by
  func away(_ value: Double) -> Double { abs(value) < tiny ? tiny : value }
  var (value, c, d) = (1.0, 1.0, 0.0)
  for n in 1...10_000 {
    let m = Double(n / 2)
    let coefficient =
      n.isMultiple(of: 2)
      ? m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
      : -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
    d = 1 / away(1 + coefficient * d)
    c = away(1 + coefficient / c)
    value *= c * d
    if abs(c * d - 1) < 1e-15 { break }
  }
  return value
}

/// ln Γ(x) for x > 0.
private func logGamma(_ x: Double) -> Double { lgamma(x).0 }
