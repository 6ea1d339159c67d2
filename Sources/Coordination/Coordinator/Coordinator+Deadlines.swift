import Failures

extension Coordinator {
  /// Seconds that other servers have to report a step that is not finite, so that the same one is named every time.
  private static var grace: Double { 0.5 }

  func checkJoining(now: Double) -> RunEnding? {
    let isWaiting = phase == .joining || hasStarted && roster.ready(.worker).isEmpty
    guard isWaiting, now - max(joiningSince, lastProgress) > plan.joinDeadline else { return nil }
    let planned = roster.planned
    let absent = planned.filter { roster[$0] == nil }
    let (late, what) =
      absent.isEmpty ? (planned.filter { roster[$0]?.isReady != true }, "get ready") : (absent, "join")
    let names = late.map(\.description).joined(separator: ", ")
    return unavailable("\(names) did not \(what) within \(Int(plan.joinDeadline)) s")
  }

  func checkProgress(now: Double) -> RunEnding? {
    guard phase == .training || phase == .restoring, now - lastProgress > plan.progressDeadline else { return nil }
    let state = roster.present.map { "\($0) at \(roster[$0]?.pulse.progress ?? 0)" }.joined(separator: ", ")
    return unavailable(
      "nobody has got on for \(Int(plan.progressDeadline)) s (\(state)); can every worker reach every server?")
  }

  /// Names the lowest step, then network order, which is the order of the servers.
  func checkDivergence(now: Double) -> RunEnding? {
    guard let divergedAt, now - divergedAt > Self.grace,
      let first = divergences.min(by: { ($0.step, $0.rank) < ($1.step, $1.rank) })
    else { return nil }
    return RunEnding(
      .diverged, ExitCode.badData,
      "step \(first.step) is not finite in \(first.what) at learning rate \(plan.learningRate); "
        + "a lower rate or a warm-up may help, or the data are bad"
    )
  }

  func checkInterruption(now: Double) -> RunEnding? {
    guard let interruption, now > interruption.deadline else { return nil }
    return interruption.ending
  }

  /// The run lacks somebody: it can be resumed if any of its state is on the disk.
  func unavailable(_ sentence: String) -> RunEnding {
    RunEnding(.failed, committed.isEmpty ? ExitCode.unavailable : ExitCode.tryAgain, sentence)
  }
}
