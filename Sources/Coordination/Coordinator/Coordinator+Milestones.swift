import Failures
import Parameters

/// The way from one milestone to the next, and what is stored there.
extension Coordinator {
  /// Whether the server owes its state at `version`.
  package func awaitsState(of version: Int, from member: Member) -> Bool {
    member.role == .server && version == phase.milestone?.version
      && phase.milestone?.awaited.contains(member.rank) == true
  }

  /// Takes the state of a server at the milestone.
  mutating func collect(_ version: Int, from member: Member, now: Double) -> [Effect] {
    guard version == phase.milestone?.version else { return refuse(.stateOutOfTurn) }
    switch phase {
    // A server may be faster than the message that another one has entered the generation.
    case .restoring(var restoring):
      restoring.milestone.awaited.remove(member.rank)
      phase = .restoring(restoring)
    case .training(var training):
      training.collect(from: member.rank)
      phase = .training(training)
    case .joining, .closing, .ended: return []
    }
    lastProgress = now
    return advance(now: now)
  }

  /// Takes the tally of some test chunks at the milestone.
  mutating func count(_ tally: Tally, of version: Int, at node: ReductionTree.Node, now: Double) -> [Effect] {
    guard case .training(var training) = phase, version == training.milestone.version, training.count(tally, at: node)
    else { return refuse(.tallyOutOfTurn) }
    phase = .training(training)
    return advance(now: now)
  }

  /// Goes on to the next milestone once everything has arrived that belongs to this one.
  mutating func advance(now: Double) -> [Effect] {
    // An evaluation shows that every server has reached the version, but their reports up to there travel separately, and
    // the records keep one order.
    guard case .training(var training) = phase, training.interruption?.isHolding != true,
      !training.milestone.isPassed, training.milestone.isEvaluated, training.milestone.isCollected,
      plan.servers.allSatisfy({
        current.reported[$0, default: 0] >= plan.lastReport(at: training.milestone.version)
      })
    else { return [] }
    let milestone = training.milestone
    var effects: [Effect] = []
    if let total = milestone.evaluation?.total {
      guard total.lossSum.isFinite else {
        return end(
          RunEnding(
            .diverged, ExitCode.badData,
            "the test loss is not finite after step \(milestone.version); try a lower learning rate, or check the data")
        )
      }
      effects.append(.evaluated(version: milestone.version, total))
    }
    if milestone.isKept {
      checkpoints.begin(milestone.version)
      effects.append(.commit(generation: generation, version: milestone.version))
    }
    vacancies.forgiveAll()
    if milestone.version == plan.steps {
      close(at: milestone.version, as: .done)
      return effects
    }
    if let interruption = training.interruption {
      close(at: milestone.version, as: interruption.ending)
      return effects
    }
    training.head(toward: milestone.passed, workers: roster.ready(.worker))
    phase = .training(training)
    return effects + headOn(now: now)
  }

  /// Heads toward the next milestone, unless the disk is behind: a bounded number of states is in memory, and the servers
  /// stay where they are meanwhile.
  private mutating func headOn(now: Double) -> [Effect] {
    guard case .training(var training) = phase, training.milestone.isPassed, training.interruption == nil,
      !checkpoints.isFull
    else { return [] }
    training.head(toward: Milestone(after: training.milestone.version, in: plan), workers: roster.ready(.worker))
    phase = .training(training)
    current.orders += 1
    return orderServers(now: now) + orderWorkers(now: now) + openQueue()
  }

  mutating func stored(_ version: Int, now: Double) -> [Effect] {
    checkpoints.stored(version)
    lastProgress = now
    if case .closing(let closing) = phase, closing.version == version { return end(closing.ending) }
    return headOn(now: now) + restoreIfComplete(now: now)
  }

  mutating func storeFailed(_ version: Int, _ sentence: String, now: Double) -> [Effect] {
    let isTolerable = checkpoints.failed(version)
    lastProgress = now
    var isLast = false
    if case .closing(let closing) = phase { isLast = closing.version == version }
    guard isTolerable, !isLast else { return end(RunEnding(.failed, ExitCode.ioError, sentence)) }
    return [event(.checkpointFailed, "the checkpoint of step \(version) failed: \(sentence)", now: now)]
      + headOn(now: now)
      + restoreIfComplete(now: now)
  }

  /// Whether nothing but the disk holds the run up.
  var awaitsDisk: Bool {
    guard checkpoints.isWriting else { return false }
    return switch phase {
    case .training(let training): training.milestone.isPassed
    case .joining: isComplete
    case .closing: true
    case .restoring, .ended: false
    }
  }
}
