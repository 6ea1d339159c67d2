import ArgumentParser
import Failures
import Foundation
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
        129, 130 and 143 monitoring was stopped
      """)

  @Argument(help: ArgumentHelp("The folder of a run or sweep.", valueName: "run|sweep"), completion: .directory)
  var folder: UserPath?

  @Flag(help: "Show the current state and exit.")
  var once = false

  @Flag(help: "Print the last state as one JSON object, also after Ctrl-C; what is shown meanwhile goes to stderr.")
  var json = false

  /// Between two reads of the folder. File systems shared by machines send no notifications.
  private static let pause = Duration.milliseconds(250)
  /// Between two lines when stderr is not a terminal.
  private static let interval = Duration.seconds(5)

  func run() throws {
    let path = try folder?.text ?? NewestRun.path(below: "runs")
    if var sweep = try WatchedSweep(path) {
      let state = PartialResult(WatchedSweepState(sweep))
      followSignals(state)
      follow {
        let isNew = sweep.update()
        state.update { $0 = WatchedSweepState(sweep) }
        return (isNew, sweep.isOver)
      } text: {
        sweep.view.line
      } view: {
        sweep.view
      }
      if json { try state.finish() }
      if !json, sweep.isOver, sweep.view.ended > 0 { next(NextSteps.report(on: path), "a page with its figures") }
      if sweep.view.ended < sweep.view.count || sweep.view.failed > 0 { throw ReportedFailure() }
      return
    }
    var run = try WatchedRun(path)
    let state = PartialResult(WatchedRunState(run))
    followSignals(state)
    follow {
      let isNew = run.update()
      state.update { $0 = WatchedRunState(run) }
      return (isNew, run.isOver)
    } text: {
      run.view.progress.text
    } view: {
      run.view
    }
    if json {
      try state.finish()
    } else {
      try print("\(run.path): \(run.status.rawValue)\(run.record.cause.map { ", \($0)" } ?? "")")
    }
    if !json, run.isOver {
      let resume = UnfinishedRun.command(resuming: run.path, run.status)
      if let resume { next(resume, "train on from its last checkpoint") }
      if resume == nil { next(NextSteps.report(on: run.path), "a page with its curves") }
    }
    if run.status != .done { throw ReportedFailure() }
  }

  private func followSignals<State>(_ state: PartialResult<State>) {
    ProcessExit.followSignals { [json] in if json { state.interrupt() } }
  }

  private func next(_ command: [String], _ purpose: String) {
    var next = NextSteps()
    next.add(command, purpose)
    next.print()
  }

  private func follow(
    _ look: () -> (isNew: Bool, isOver: Bool), text: () -> String,
    view: () -> some TerminalView
  ) {
    var lastLine: ContinuousClock.Instant?
    while true {
      let (isNew, isOver) = look()
      let isLast = isOver || once
      if StandardError.isTerminal {
        if isNew || isLast { StandardError.show(view(), isLast: isLast) }
      } else if isLast || (isNew && lastLine.map { $0.duration(to: .now) >= Self.interval } ?? true) {
        StandardError.print(text())
        lastLine = .now
      }
      if isLast { return StandardError.leaveView() }
      Thread.sleep(forTimeInterval: Self.pause / .seconds(1))
    }
  }
}
