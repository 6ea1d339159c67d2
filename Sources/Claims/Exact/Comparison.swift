import Records
import Foundation

/// The distance between two series of numbers.
struct Comparison {
  let count: Int
  /// The largest |a − b|/max(|a|, |b|); infinite where one of them is not finite or is missing.
  let relative: Double
  /// The largest |a − b|.
  let absolute: Double
  /// The first place where they differ in any bit.
  let firstDifference: Int?

  init(_ a: [Double], _ b: [Double]) {
    count = min(a.count, b.count)
    let isWhole = a.count == b.count && !a.isEmpty
    let distances = zip(a, b).map { abs($0 - $1) }
    absolute = isWhole ? distances.map { $0.isFinite ? $0 : .infinity }.max() ?? 0 : .infinity
    let relative = zip(distances, zip(a, b)).map { distance, pair in
      distance == 0 ? 0 : distance / max(abs(pair.0), abs(pair.1))
    }
    self.relative = isWhole ? relative.map { $0.isFinite ? $0 : .infinity }.max() ?? 0 : .infinity
    firstDifference =
      zip(a, b).enumerated().first { $1.0.bitPattern != $1.1.bitPattern }?.offset ?? (isWhole ? nil : count)
  }

  var sameBits: Bool { firstDifference == nil }

  var text: String {
    guard let firstDifference else { return "\(count) of \(count) equal in every bit" }
    return "differ from number \(firstDifference + 1) on, by at most \(Comparison.text(of: relative)) relative"
  }

  static func text(of value: Double) -> String { String(format: "%.2g", value) }
}

extension Finding {
  /// Bitwise equality, or inequality.
  static func bits(_ subject: String, _ a: [Double], _ b: [Double], shouldAgree: Bool = true) -> Finding {
    let comparison = Comparison(a, b)
    // Missing or non-finite numbers are not evidence of a difference.
    let differs = comparison.relative > 1e-6 && comparison.relative.isFinite
    return Finding(
      subject, expected: shouldAgree ? "the same bits" : "other numbers", value: comparison.relative,
      measured: comparison.text, tolerance: shouldAgree ? "none" : "relative 1e-6 apart",
      holds: shouldAgree ? comparison.sameBits : differs,
      marks: distance(comparison.relative, atLeast: shouldAgree ? nil : 1e-6, atMost: shouldAgree ? 0 : nil))
  }

  /// A number whose magnitude must not exceed a bound; a missing one fails.
  static func atMost(_ bound: Double, _ subject: String, _ values: [Double], expected: String = "0") -> Finding {
    let largest = values.map { $0.isFinite ? abs($0) : .infinity }.max()
    return Finding(
      subject, expected: expected, value: largest, measured: largest.map(Comparison.text) ?? "nothing",
      tolerance: Comparison.text(of: bound), holds: largest.map { $0 <= bound } ?? false,
      marks: distance(largest, atMost: bound))
  }

  /// A number whose magnitude must exceed a bound.
  static func atLeast(_ bound: Double, _ subject: String, _ values: [Double], expected: String) -> Finding {
    let least = values.map { $0.isFinite ? abs($0) : 0 }.min()
    return Finding(
      subject, expected: expected, value: least, measured: least.map(Comparison.text) ?? "nothing",
      tolerance: "at least \(Comparison.text(of: bound))", holds: least.map { $0 >= bound } ?? false,
      marks: distance(least, atLeast: bound))
  }

  /// A distance with its bounds; the claim says where in its picture.
  static func distance(_ value: Double?, atLeast least: Double? = nil, atMost most: Double? = nil)
    -> [ClaimPicture.Mark]
  {
    guard let value, value.isFinite else { return [] }
    return [.init("measured", x: 0, measured: value, leastAccepted: least, greatestAccepted: most)]
  }
}
