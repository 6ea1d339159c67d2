import Foundation

/// A curve as one line of text.
package enum Sparkline {
  private static let levels = Array("▁▂▃▄▅▆▇█")
  /// A curve that changes by less than this part of its values is drawn flat.
  private static let leastChange = 0.05

  /// What the lowest and the highest place of a curve stand for: `0.25…4`; empty for a curve without values.
  ///
  /// - Parameter number: how a value is written.
  package static func scale(
    _ values: [Double], logarithmic isLogarithmic: Bool = false, number: (Double) -> String = { Numbers.short($0) }
  ) -> String {
    let drawn = values.filter { $0.isFinite && (!isLogarithmic || $0 > 0) }
    guard let least = drawn.min(), let greatest = drawn.max() else { return "" }
    let (low, high) = (number(least), number(greatest))
    return low == high ? low : "\(low)…\(high)"
  }

  /// - Parameters:
  ///   - values: oldest first; non-finite values are gaps.
  ///   - width: the most columns; of a longer curve, the last value of each of `width` equal parts is drawn.
  ///   - isLogarithmic: logarithmic scale; values that are not positive are gaps.
  package static func text(_ values: [Double], width: Int, logarithmic isLogarithmic: Bool = false) -> String {
    guard width > 0 else { return "" }
    let kept =
      values.count <= width ? values : (1...width).map { values[$0 * values.count / width - 1] }
    let heights = kept.map { isLogarithmic ? log($0) : $0 }
    let finite = heights.filter(\.isFinite)
    guard let least = finite.min(), let greatest = finite.max() else {
      return String(repeating: " ", count: kept.count)
    }
    let change = isLogarithmic ? expm1(greatest - least) : (greatest - least) / max(abs(least), abs(greatest))
    let isFlat = greatest == least || change < Self.leastChange
    return String(
      heights.map { height in
        guard height.isFinite else { return " " }
        guard !isFlat else { return levels[3] }
        return levels[min(Int((height - least) / (greatest - least) * 8), 7)]
      })
  }
}

/// A growing curve in bounded memory: when it is full, every second value is dropped.
package struct History: Hashable, Sendable {
  package private(set) var values: [Double] = []
  private var stride = 1
  private var skipped = 0
  private let limit: Int

  package init(limit: Int = 512) { self.limit = max(limit, 2) }

  package mutating func append(_ value: Double) {
    skipped += 1
    guard skipped >= stride else { return }
    skipped = 0
    values.append(value)
    guard values.count >= limit else { return }
    values = values.enumerated().filter { !$0.offset.isMultiple(of: 2) }.map(\.element)
    stride *= 2
  }
}
