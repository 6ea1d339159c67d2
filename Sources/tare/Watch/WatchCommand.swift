import ArgumentParser
import Failures
import Foundation
import Launching
import Records
import Terminal

struct WatchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "watch",
    abstract: "Monitor a run or a sweep from another terminal.",
    discussion: """
      Shows what tare train shows: loss, error, speed, and each layer's effective learning rate. Everything is read from \
      the run's folder, so the run may be on another machine that shares the folder, or already over. Ctrl-C ends the \
      monitoring, not the run.

      EXAMPLES
        tare watch
            the newest run or sweep below runs/
        tare watch runs/20261123-180841-1a2b
        tare watch runs/paper
        tare watch runs/paper --once

      EXIT CODES
        0 the run is done, 1 it is not, 64 there is no run, 65 its record cannot be read,
        130 and 143 monitoring was stopped
      """)

  @Argument(help: ArgumentHelp("The folder of a run or sweep.", valueName: "run|sweep"), completion: .directory)
  var folder: UserPath?

  @Flag(help: "Show the current state and exit.")
  var once = false

  /// Between two reads of the folder. File systems shared by machines send no notifications.
  private static let pause = Duration.milliseconds(250)
  /// Between two lines when stderr is not a terminal.
  private static let interval = Duration.seconds(5)

  func run() throws {
    Signals.follow { _exit(ExitCode.stopped(by: $0)) }
    let path = try folder?.text ?? NewestRun.path(below: "runs")
    if var sweep = try WatchedSweep(path) {
      follow {
        (sweep.update(), sweep.isOver)
      } text: {
        sweep.view.text
      } lines: {
        sweep.view.lines(width: $0, height: $1, style: $2)
      }
      if !once, sweep.view.ended < sweep.view.count || sweep.view.failed > 0 { throw ReportedFailure() }
      return
    }
    var run = try WatchedRun(path)
    follow {
      (run.update(), run.isOver)
    } text: {
      run.view.progress.text
    } lines: {
      run.view.lines(width: $0, height: $1, style: $2)
    }
    print("\(run.path): \(run.status.rawValue)\(run.record.cause.map { ", \($0)" } ?? "")")
    if !once, run.status != .done { throw ReportedFailure() }
  }

  private func follow(
    _ look: () -> (isNew: Bool, isOver: Bool), text: () -> String,
    lines: (Int, Int, TerminalStyle) -> [String]
  ) {
    var block = TerminalBlock()
    var lastLine: ContinuousClock.Instant?
    while true {
      let (isNew, isOver) = look()
      let isLast = isOver || once
      if StandardError.isTerminal {
        if isNew || isLast { block.draw(isLast: isLast, lines) }
      } else if isLast || (isNew && lastLine.map { $0.duration(to: .now) >= Self.interval } ?? true) {
        StandardError.print(text())
        lastLine = .now
      }
      if isLast { return }
      Thread.sleep(forTimeInterval: Self.pause / .seconds(1))
    }
  }
}
