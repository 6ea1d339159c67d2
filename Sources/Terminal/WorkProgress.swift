import Foundation

/// How far a command has come that does many like things, and how long the rest will take.
package struct WorkProgress: Hashable, Sendable, TerminalView {
  /// What the parts of the work are.
  package enum Unit: Hashable, Sendable {
    /// Things that are counted, by their plural.
    case things(String)
    /// Time that passes.
    case seconds
  }

  package let title: String
  /// Of the parts; known before the first is done.
  package var total: Double
  package let unit: Unit
  /// May have a fraction.
  package private(set) var done = 0.0
  /// Seconds since the beginning.
  package private(set) var elapsed = 0.0
  /// The latest news.
  package var news = ""

  package init(_ title: String, of total: Double, _ unit: Unit) {
    (self.title, self.total, self.unit) = (title, total, unit)
  }

  /// `done` parts of the total, which never become fewer, after `elapsed` seconds.
  package mutating func advance(to done: Double, after elapsed: Double) {
    self.done = max(self.done, min(done, total))
    self.elapsed = elapsed
  }

  /// Seconds that the rest takes at this speed; `nil` before anything is done, and at the end.
  package var remaining: Double? {
    guard done > 0, done < total else { return nil }
    return unit == .seconds ? total - done : elapsed / done * (total - done)
  }

  /// `claims 3/10  30 %  1 min 20 s left`
  package var text: String {
    let share = total > 0 ? "\(Int(100 * done / total)) %" : ""
    let place =
      switch unit {
      case .things(let name): "\(title)  \(Int(done))/\(Int(total)) \(name)"
      case .seconds: "\(title)  \(Numbers.duration(done)) of \(Numbers.duration(total))"
      }
    return ([place, share] + (remaining.map { ["\(Numbers.duration($0)) left"] } ?? [])).joined(separator: "  ")
  }

  package func lines(width: Int, height: Int, style: TerminalStyle) -> [String] {
    [text] + (news.isEmpty || height < 2 ? [] : [style.faint(TerminalText.fitted(news, to: max(width - 1, 1)))])
  }
}
