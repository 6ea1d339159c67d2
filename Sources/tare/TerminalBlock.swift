import Foundation
import Terminal

/// Some lines at the end of the terminal that are drawn over themselves; other lines scroll by above them.
///
/// The cursor stands below the block and stays visible, so that there is nothing to restore, however the process ends.
struct TerminalBlock {
  private var height = 0
  private var lines: [String] = []
  private var lastDrawn: ContinuousClock.Instant?
  private let style = TerminalStyle(environment: ProcessInfo.processInfo.environment)

  /// Between two drawings.
  private static let interval = Duration.milliseconds(100)

  /// Draws what `content` gives for the terminal's present size, unless it has just been drawn.
  ///
  /// - Parameter isLast: drawn in any case.
  mutating func draw(isLast: Bool = false, _ content: (_ width: Int, _ height: Int, _ style: TerminalStyle) -> [String])
  {
    if !isLast, let lastDrawn, lastDrawn.duration(to: .now) < Self.interval { return }
    lastDrawn = .now
    let size = StandardError.size
    lines = content(size.columns, size.rows - 1, style)
    write(above: nil)
  }

  /// Prints a line above the block.
  mutating func print(_ text: String) { write(above: text) }

  /// One write, so that nothing flickers.
  private mutating func write(above text: String?) {
    let up = height > 0 ? "\u{1B}[\(height)A" : ""
    let head = text.map { "\($0.printable())\u{1B}[K\n" } ?? ""
    let body = lines.map { "\($0)\u{1B}[K\n" }.joined()
    StandardError.draw("\(up)\r\(head)\(body)\u{1B}[J")
    height = lines.count
  }
}
