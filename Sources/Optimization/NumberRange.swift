/// A set of accepted numbers, in words and as a test.
package struct NumberRange: Sendable {
  package let words: String
  package let contains: @Sendable (Double) -> Bool

  package init(_ words: String, contains: @escaping @Sendable (Double) -> Bool) {
    self.words = words
    self.contains = { $0.isFinite && contains($0) }
  }

  package static let positive = NumberRange("a number above 0") { $0 > 0 }
  package static let notNegative = NumberRange("a number, 0 or more") { $0 >= 0 }
  /// For averages of the past: 0 forgets at once, 1 would never learn.
  package static let fraction = NumberRange("a number from 0 up to, not including, 1") { 0 <= $0 && $0 < 1 }
  package static let proportion = NumberRange("a number from 0 to 1") { 0 <= $0 && $0 <= 1 }
}
