/// A time limit as Slurm takes it: minutes, minutes:seconds, hours:minutes:seconds, days-hours, days-hours:minutes,
/// days-hours:minutes:seconds.
package struct TimeLimit: Hashable, Sendable {
  package let text: String
  package let seconds: Int

  /// - Returns: `nil` for what has none of these forms, and for no time at all.
  package init?(_ text: String) {
    let parts = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
    let days = parts.count == 2 ? Self.number(parts[0]) : 0
    let fields = parts.last.map { $0.split(separator: ":", omittingEmptySubsequences: false).map(Self.number) } ?? []
    guard let days, (1...3).contains(fields.count), !fields.contains(nil) else { return nil }
    let numbers = fields.compactMap { $0 }
    // Hours first after days; without days, minutes first unless there are three.
    let weights = parts.count == 2 || numbers.count == 3 ? [3600, 60, 1] : [60, 1]
    let seconds = days * 86400 + zip(numbers, weights).map { $0 * $1 }.reduce(0, +)
    guard seconds > 0 else { return nil }
    (self.text, self.seconds) = (text, seconds)
  }

  private static func number(_ text: Substring) -> Int? {
    text.utf8.count <= 6 && text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(text) : nil
  }
}
