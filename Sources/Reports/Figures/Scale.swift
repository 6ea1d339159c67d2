import Foundation

/// Places numbers along an axis, and chooses its ticks.
///
/// A logarithmic axis has a place of its own for 0, left of (or below) everything else, if 0 is among its numbers.
package struct Scale {
  package let isLogarithmic: Bool
  /// The numbers at the ends; above 0 on a logarithmic axis.
  package let lower: Double
  package let upper: Double
  /// Whether 0 has a place of its own.
  package let hasZero: Bool
  /// Where the ends lie.
  private let start: Double
  private let end: Double

  /// What the place of 0 takes of the axis.
  private static let zeroShare = 0.09

  /// - Parameter room: how far beyond the numbers the axis goes, as a fraction of its length.
  package init(
    of values: some Sequence<Double>, logarithmic: Bool, from start: Double, to end: Double, room: Double = 0.04
  ) {
    let finite = values.filter(\.isFinite)
    let positive = finite.filter { $0 > 0 }
    let isLogarithmic = logarithmic && !positive.isEmpty
    self.isLogarithmic = isLogarithmic
    hasZero = isLogarithmic && finite.contains { $0 <= 0 }
    var (least, greatest) = ((isLogarithmic ? positive : finite).min() ?? 0, finite.max() ?? 1)
    if isLogarithmic {
      // What hardly varies is drawn flat: a curve should not fill the figure with its last digit.
      let margin = least == greatest ? 0.3 : room > 0 ? max(room * log10(greatest / least), 0.01) : 0
      (least, greatest) = (
        max(least * pow(10, -margin), .leastNormalMagnitude), min(greatest * pow(10, margin), .greatestFiniteMagnitude)
      )
    } else {
      let margin = least == greatest ? max(abs(least), 1) * 0.1 : room * (greatest - least)
      (least, greatest) = (least - margin, greatest + margin)
    }
    (lower, upper, self.start, self.end) = (least, greatest, start, end)
  }

  /// Half the width that the place of 0 has.
  var zeroRoom: Double { 0.35 * Self.zeroShare * abs(end - start) }

  package func position(_ value: Double) -> Double {
    let first = hasZero ? start + Self.zeroShare * (end - start) : start
    guard isLogarithmic else { return start + (value - lower) / (upper - lower) * (end - start) }
    guard value > 0 else { return start + 0.35 * Self.zeroShare * (end - start) }
    let share = (Foundation.log(value) - Foundation.log(lower)) / (Foundation.log(upper) - Foundation.log(lower))
    return first + share * (end - first)
  }

  /// Round numbers within the ends, about as many as asked for.
  package func ticks(_ count: Int = 6) -> [Double] {
    // Less than half a decade has no powers to show.
    guard isLogarithmic, upper / lower > 3 else {
      let rough = (upper - lower) / Double(max(count, 1))
      let power = pow(10, Foundation.log10(rough).rounded(.down))
      let step = [1, 2, 5, 10].map { $0 * power }.first { $0 >= rough } ?? 10 * power
      let first = (lower / step).rounded(.up)
      let ticks = (0...100).map { (first + Double($0)) * step }.filter { $0 <= upper + step * 1e-9 }
      return (hasZero ? [0] : []) + ticks
    }
    let (low, high) = (Foundation.log10(lower), Foundation.log10(upper))
    let decades = high - low
    let digits: [Double] = decades > 2 ? [1] : decades > 1 ? [1, 3] : [1, 2, 3, 5, 7]
    let stride = max(1, Int((decades / Double(max(count, 1))).rounded(.up)))
    let exponents = (Int(low.rounded(.down))...Int(high.rounded(.up))).filter { $0.isMultiple(of: stride) }
    let ticks: [Double] = exponents.flatMap { exponent in digits.map { $0 * pow(10, Double(exponent)) } }
    return (hasZero ? [0] : []) + ticks.filter { $0.isFinite && $0 >= lower * (1 - 1e-9) && $0 <= upper * (1 + 1e-9) }
  }

  /// Places for ticks without labels, 2 to 9 times the powers of ten: where a logarithmic axis has fewer than three labels
  /// above 0, they show its kind.
  ///
  /// - Parameter count: as for `ticks`.
  package func minorTicks(_ count: Int = 6) -> [Double] {
    let labeled = ticks(count).filter { $0 > 0 }
    guard isLogarithmic, labeled.count < 3, upper / lower < 1e6 else { return [] }
    let powers = Int(Foundation.log10(lower).rounded(.down))...Int(Foundation.log10(upper).rounded(.up))
    return powers.flatMap { power in (1...9).map { Double($0) * pow(10, Double(power)) } }.filter { tick in
      lower...upper ~= tick && !labeled.contains { abs($0 / tick - 1) < 1e-9 }
    }
  }

  /// `0.01`, `300`, `10⁻⁵`.
  package static func label(_ value: Double, digits: Int = 6) -> String {
    guard value != 0 else { return "0" }
    let exponent = Int(Foundation.log10(abs(value)).rounded(.down))
    guard !(-3...4).contains(exponent) else { return String(format: "%.\(digits)g", value) }
    let leading = value / pow(10, Double(exponent))
    let power = "10" + superscript(exponent)
    return abs(leading - 1) < 1e-6 ? power : String(format: "%.\(min(digits, 3))g·", leading) + power
  }

  private static func superscript(_ number: Int) -> String {
    String(String(number).map { ["-": "⁻", "0": "⁰", "1": "¹", "2": "²", "3": "³", "4": "⁴"][$0] ?? $0.higher })
  }
}

extension Character {
  fileprivate var higher: Character {
    ["5": "⁵", "6": "⁶", "7": "⁷", "8": "⁸", "9": "⁹"][self] ?? self
  }
}
