import Failures

/// The transitions between the phases of a run.
extension Coordinator {
  /// Joining → restoring: enters the next generation at the last version on the disk, once enough members are ready.
  mutating func restoreIfComplete(now: Double) -> [Effect] {
    // A checkpoint that is being written may be of a later version than the last one.
    guard case .joining(let hasStarted) = phase, isComplete, !checkpoints.isWriting else { return [] }
    current = current.next(from: checkpoints.latest ?? 0, serverCount: plan.serverCount)
    let milestone =
      checkpoints.latest.map { Milestone(after: $0, in: plan) }
      ?? Milestone(version: 0, evaluates: nil, keeps: plan.servers)
    phase = .restoring(.init(milestone: milestone, hasStarted: hasStarted))
    lastProgress = now
    return [.rewind(generation: generation, version: current.firstVersion)] + orderServers(now: now)
  }

  /// Whether enough members are ready: all planned ones at the start, later every server and one worker.
  var isComplete: Bool { missing.isEmpty }

  /// The members that the run waits for.
  var missing: [Member] {
    let hasWorker = phase.hasStarted && !roster.ready(.worker).isEmpty
    return roster.planned.filter { roster[$0]?.isReady != true && !(hasWorker && $0.role == .worker) }
  }

  /// Restoring → training: begins to train once every server has entered the generation.
  mutating func trainIfRestored(now: Double) -> [Effect] {
    guard case .restoring(let restoring) = phase,
      plan.servers.allSatisfy({ roster[Member(.server, $0)]?.pulse.generation == generation })
    else { return [] }
    phase = .training(
      .init(
        toward: restoring.milestone, workers: roster.ready(.worker), tree: plan.microbatchTree,
        queue: plan.asynchrony.map { MicrobatchQueue($0, after: current.firstVersion) }))
    lastProgress = now
    let isFirst = !restoring.hasStarted
    var effects: [Effect] = isFirst ? [.started] : []
    if !isFirst || current.firstVersion > 0 {
      effects.append(
        event(
          isFirst ? .resumed : .continued,
          "training \(isFirst ? "resumed" : "continued") from step \(current.firstVersion)", now: now))
    }
    return effects + orderWorkers(now: now) + openQueue() + advance(now: now)
  }

  /// Restoring or training → joining: a server was lost, and all servers have to go back.
  mutating func goBack(now: Double) -> [Effect] {
    switch phase {
    case .restoring, .training:
      // Its versions are lost with it: nothing is left to be stored in time.
      if let interruption = phase.interruption { return end(interruption.ending) }
      phase = .joining(hasStarted: phase.hasStarted)
      lastProgress = now
      return []
    // In `closing` nothing but the disk is awaited.
    case .joining, .closing, .ended: return []
    }
  }

  /// Restoring → joining: the version of this generation can't be used.
  mutating func unreadable(_ version: Int, _ sentence: String, now: Double) -> [Effect] {
    checkpoints.discard(version)
    guard case .restoring(let restoring) = phase, version == current.firstVersion else { return [] }
    phase = .joining(hasStarted: restoring.hasStarted)
    return [event(.checkpointSkipped, "the checkpoint of step \(version) was skipped: \(sentence)", now: now)]
      + restoreIfComplete(now: now)
  }

  /// Training → closing: nothing but the commit of `version` is awaited.
  mutating func close(at version: Int, as ending: RunEnding) {
    phase = .closing(.init(version: version, ending: ending, interruption: phase.interruption))
  }

  /// Any phase → ended.
  mutating func end(_ ending: RunEnding) -> [Effect] {
    phase = .ended(ending)
    return roster.peers.map { .stop($0, exitCode: ending.exitCode, sentence: ending.sentence) } + [.ended(ending)]
  }

  /// The run lacks a member: it can be resumed if any of its state is on the disk.
  func unavailable(_ sentence: String) -> RunEnding {
    RunEnding(.failed, committed.isEmpty ? ExitCode.unavailable : ExitCode.tryAgain, sentence)
  }
}
