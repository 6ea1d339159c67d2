import Foundation

/// Numbers as text for people.
package enum Numbers {
  /// Four significant digits; a dash for `nil`.
  package static func short(_ value: Double?) -> String {
    value.map { String(format: "%.4g", $0) } ?? "–"
  }

  /// A fraction as a percentage with two decimals.
  package static func percent(_ fraction: Double?) -> String {
    fraction.map { String(format: "%.2f %%", $0 * 100) } ?? "–"
  }

  /// Seconds as `42 s` or `3 min 05 s`.
  package static func duration(_ seconds: Double) -> String {
    let whole = Int(seconds.rounded())
    return whole < 60 ? "\(whole) s" : String(format: "%d min %02d s", whole / 60, whole % 60)
  }
}
