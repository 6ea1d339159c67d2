/// Bandwidths, durations, counts and shares as a person writes them.
package enum Quantity {
  /// Bytes a second.
  package static func bandwidth(_ text: String) -> Double? {
    guard let match = text.wholeMatch(of: #/([0-9]*\.?[0-9]+)\s*([kMGT]?)(bit|bit\/s|B\/s)/#),
      let number = Double(match.1), let factor = prefixes[String(match.2)]
    else { return nil }
    let value = number * factor / (match.3 == "B/s" ? 1 : 8)
    return value > 0 && value.isFinite ? value : nil
  }

  package static let bandwidths = "a number above 0 with bit or B/s, such as 100Mbit, 10Gbit or 1.25GB/s"

  /// Seconds.
  package static func duration(_ text: String) -> Double? {
    guard let match = text.wholeMatch(of: #/([0-9]*\.?[0-9]+)\s*(us|µs|ms|s)/#), let number = Double(match.1) else {
      return nil
    }
    let units = ["us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1]
    return units[String(match.2)].map { number * $0 }
  }

  package static let durations = "a number with us, ms or s, such as 50us or 1ms"

  /// `4`, `1,2,4`, or `1..1024`, which is the powers of two from the first number on, and the last number.
  package static func counts(_ text: String, to limit: Int) -> [Int]? {
    let ends = text.split(separator: "..", omittingEmptySubsequences: false).map { Int($0) }
    var counts: [Int] = []
    if ends.count == 2 {
      guard let first = ends[0], let last = ends[1], first >= 1, last >= first, last <= limit else { return nil }
      counts = sequence(first: first) { $0 * 2 <= last ? $0 * 2 : nil } + [last]
    } else {
      let parts = text.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
      counts = parts.compactMap(\.self)
      guard counts.count == parts.count, counts.allSatisfy((1...limit).contains) else { return nil }
    }
    return Set(counts).sorted()
  }

  package static func counts(to limit: Int) -> String {
    "numbers from 1 to \(limit), as 4, as 1,2,4, or as 1..64, which is doubled from the first to the last"
  }

  /// `2%:3x`: 2 % of the steps of workers take three times as long.
  package static func stragglers(_ text: String) -> ClusterPlan.Stragglers? {
    guard let match = text.wholeMatch(of: #/([0-9]*\.?[0-9]+)%:([0-9]*\.?[0-9]+)x/#), let percent = Double(match.1),
      let factor = Double(match.2), percent <= 100, (1...1000).contains(factor)
    else { return nil }
    return .init(share: percent / 100, factor: factor)
  }

  package static let stragglers = "a share up to 100% and a factor from 1x to 1000x, such as 2%:3x"

  private static let prefixes = ["": 1, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12]
}
