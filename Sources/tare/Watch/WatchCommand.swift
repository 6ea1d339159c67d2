import ArgumentParser
import Failures
import Foundation
import Launching
import Records
import Terminal

struct WatchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "watch",
    abstract: "Look on while a run or a sweep trains, from another terminal.",
    discussion: """
      Shows what tare train shows, from the run's folder: loss, error, speed, and each layer's effective rate. Nothing is \
      asked of the run, so that it may be on another machine that shares the folder, and may be over. Ctrl-C ends \
      watching, not the run.

      EXAMPLES
        tare watch
            the run or sweep below runs/ that began last
        tare watch runs/20261123-180841-1a2b
        tare watch runs/paper
        tare watch runs/paper --once

      EXIT CODES
        0 the run is done, 1 it ended otherwise, 64 there is no run, 65 its record can't be read,
        130 and 143 watching was ended
      """)

  @Argument(help: ArgumentHelp("A run's or a sweep's folder.", valueName: "run|sweep"), completion: .directory)
  var folder: String?

  @Flag(help: "Show how it is now, and end.")
  var once = false

  /// Between two looks. Folders that machines share tell nobody of their changes.
  private static let pause = Duration.milliseconds(250)
  /// Between two lines without a terminal.
  private static let interval = Duration.seconds(5)

  func run() throws {
    Signals.follow { _exit(ExitCode.stopped(by: $0)) }
    let path = try folder ?? NewestRun.path(below: "runs")
    if var sweep = try WatchedSweep(path) {
      follow {
        (sweep.update(), sweep.hasEnded)
      } text: {
        sweep.view.text
      } lines: {
        sweep.view.lines(width: $0, height: $1, style: $2)
      }
      if !once, sweep.view.ended < sweep.view.count || sweep.view.failed > 0 { throw PromiseBroken() }
      return
    }
    var run = try WatchedRun(path)
    follow {
      (run.update(), run.hasEnded)
    } text: {
      run.view.progress.text
    } lines: {
      run.view.lines(width: $0, height: $1, style: $2)
    }
    print("\(run.path): \(run.status)\(run.record.cause.map { ", \($0)" } ?? "")")
    if !once, run.status != "done" { throw PromiseBroken() }
  }

  private func follow(
    _ look: () -> (isNew: Bool, hasEnded: Bool), text: () -> String,
    lines: (Int, Int, TerminalStyle) -> [String]
  ) {
    var block = TerminalBlock()
    var lastLine: ContinuousClock.Instant?
    while true {
      let (isNew, hasEnded) = look()
      let isLast = hasEnded || once
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
