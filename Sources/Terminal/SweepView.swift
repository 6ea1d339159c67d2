import Foundation

/// The view of a running sweep.
package struct SweepView: Hashable, Sendable, TerminalView {
  package let title: String
  package let count: Int
  package var done = 0
  package var diverged = 0
  package var failed = 0
  /// Runs that are training.
  package var running = 0
  /// Remaining seconds.
  package var remaining: Double?
  package var best: (error: Double, run: String)? {
    get { bestError.map { ($0, bestRun) } }
    set { (bestError, bestRun) = (newValue?.error, newValue?.run ?? "") }
  }
  /// How far the runs are that are training, for those who know.
  package var current: [String] = []
  /// The latest message.
  package var news = ""
  private var bestError: Double?
  private var bestRun = ""

  package init(title: String, count: Int) { (self.title, self.count) = (title, count) }

  package var ended: Int { done + diverged + failed }

  /// `123/480 done, 2 diverged, 2 running  3 min 10 s left`
  package var text: String {
    var parts = ["\(ended)/\(count) ended"]
    if diverged > 0 { parts.append("\(diverged) diverged") }
    if failed > 0 { parts.append("\(failed) failed") }
    if running > 0 { parts.append("\(running) running") }
    let left = remaining.map { ended < count ? "  \(Numbers.duration($0)) left" : "" } ?? ""
    return parts.joined(separator: ", ") + left
  }

  /// All of it, a line a fact.
  package var words: [String] {
    ["\(title): \(text)"] + (best.map { ["best \(Numbers.percent($0.error)), \($0.run)"] } ?? [])
      + current.map { "training \($0)" }
  }

  /// All of it in one line, where nothing is drawn.
  package var line: String {
    text + (best.map { "  best \(Numbers.percent($0.error)), \($0.run)" } ?? "")
      + current.map { "  [\($0)]" }.joined()
  }

  package func lines(width: Int, height: Int, style: TerminalStyle) -> [String] {
    let room = max(width - 1, 1)
    let cells = max(min(room, 60), 1)
    let filled = count > 0 ? cells * ended / count : 0
    func cut(_ text: String) -> String { TerminalText.fitted(text.printable(), to: room) }
    var lines = [
      style.bold(cut(title)),
      style.accent(String(repeating: "█", count: filled)) + style.faint(String(repeating: "░", count: cells - filled)),
      cut(text),
    ]
    if let best { lines.append(cut("best \(Numbers.percent(best.error))  \(best.run)")) }
    lines += current.map { cut("training " + $0) }
    if !news.isEmpty { lines.append(style.faint(cut("last \(news)"))) }
    return Array(lines.prefix(max(height, 1)))
  }
}
