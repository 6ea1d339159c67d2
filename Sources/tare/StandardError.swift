import Foundation
import Launching
import Specification
import Synchronization
import Terminal

/// Messages for people, while stdout carries the result.
///
/// On a terminal a view may stand at the end; all messages go above it.
enum StandardError {
  private struct Screen {
    var block = TerminalBlock()
    var view: (any TerminalView)?
    var lastDrawn: ContinuousClock.Instant?
  }

  private static let screen = Mutex(Screen())
  private static let style = TerminalStyle(environment: ProcessInfo.processInfo.environment)
  /// Between two drawings.
  private static let interval = Duration.milliseconds(100)

  /// Control characters in names are shown and not obeyed.
  static func print(_ text: String) {
    guard !ProcessLog.isJSON else {
      return screen.withLock { _ in
        try? FileHandle.standardError.write(contentsOf: Data(ProcessLog.json(text, label: "tare")))
      }
    }
    let text = text.printable(keepingLines: true)
    screen.withLock { screen in draw(screen.block.isEmpty ? text + "\n" : screen.block.print(text)) }
  }

  /// Leaves the cursor behind the question.
  static func ask(_ question: String) {
    screen.withLock { screen in draw(screen.block.leave() + question.printable() + " ") }
  }

  /// Shows `view` at the end of the terminal, in place of the one before.
  ///
  /// - Parameter isLast: shown in any case; others are left out if one has just been drawn.
  static func show(_ view: some TerminalView, isLast: Bool = false) {
    resizing.begin()
    screen.withLock { screen in
      screen.view = view
      if !isLast, let last = screen.lastDrawn, last.duration(to: .now) < interval { return }
      redraw(&screen)
    }
  }

  /// Leaves the view standing as it was last shown; what is printed from now on comes below it.
  static func leaveView() {
    screen.withLock { screen in
      // The size may have changed since.
      if let view = screen.view, !screen.block.isEmpty { _ = screen.block.draw(view, on: size, style: style) }
      draw(screen.block.leave())
      screen.view = nil
    }
  }

  /// Removes the view.
  static func eraseView() {
    screen.withLock { screen in
      draw(screen.block.erase())
      screen.view = nil
    }
  }

  /// One write, so that nothing flickers.
  private static func draw(_ text: String) {
    guard !text.isEmpty else { return }
    try? FileHandle.standardError.write(contentsOf: Data(text.utf8))  // no place to report it
  }

  private static func redraw(_ screen: inout Screen) {
    guard let view = screen.view else { return }
    screen.lastDrawn = .now
    draw(screen.block.draw(view, on: size, style: style))
  }

  // MARK: - The terminal

  /// A log of JSON has no place for views.
  static var isTerminal: Bool {
    isatty(2) == 1 && !ProcessLog.isJSON && ProcessInfo.processInfo.environment["TERM"] != "dumb"
  }

  /// Of the terminal.
  private static var size: TerminalBlock.Size {
    var size = winsize()
    guard unsafe ioctl(2, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else { return (80, 24) }
    return (Int(size.ws_col), Int(size.ws_row))
  }

  /// Draws the view again when the terminal's size has changed.
  private static let resizing = Resizing { screen.withLock { if !$0.block.isEmpty { redraw(&$0) } } }

  /// Holds SIGWINCH back for `show`. Call it before any thread starts: threads inherit the mask of blocked signals.
  static func prepare() { if isTerminal { resizing.hold() } }

  private final class Resizing: Sendable {
    private let isBegun = Atomic<Bool>(false)
    private let changed: @Sendable () -> Void

    init(_ changed: @escaping @Sendable () -> Void) { self.changed = changed }

    private static var signals: sigset_t {
      var set = sigset_t()
      unsafe sigemptyset(&set)
      unsafe sigaddset(&set, SIGWINCH)
      return set
    }

    func hold() {
      var set = Self.signals
      unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
    }

    func begin() {
      guard !isBegun.exchange(true, ordering: .relaxed) else { return }
      let changed = changed
      Thread.detachNewThread {
        var set = Self.signals
        var number: Int32 = 0
        while unsafe sigwait(&set, &number) == 0 { changed() }
      }
    }
  }

  // MARK: - Notes

  /// Notes the former names that the plan and flags use.
  static func printNotes(on assignments: some Sequence<Assignment>) {
    for renaming in assignments.renamings { print("note: \(renaming)") }
  }
}
