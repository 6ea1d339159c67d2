import Failures
import Parameters

extension Coordinator {
  /// What comes after `version`: the next evaluation or checkpoint, whichever is first.
  func milestone(after version: Int) -> Milestone {
    let evaluation = plan.evaluations.next(after: version, steps: plan.steps)
    let checkpoint = plan.checkpoints.next(after: version, steps: plan.steps)
    let next = min(evaluation, checkpoint)
    return Milestone(
      version: next, evaluates: next == evaluation ? chunks : nil,
      keeps: next == checkpoint ? 0..<plan.serverCount : nil)
  }

  /// Goes on to the next milestone once everything is in that belongs to this one.
  mutating func advance(now: Double) -> [Effect] {
    // Who evaluates version v has it from every server. Their reports up to v come by other ways, and the records keep
    // one order.
    guard phase == .training, closing == nil, interruption?.isHolding != true, let milestone, milestone.isEvaluated,
      milestone.isCollected,
      (0..<plan.serverCount).allSatisfy({ reported[$0, default: 0] >= plan.lastReport(at: milestone.version) })
    else { return [] }
    var effects: [Effect] = []
    if let total = milestone.evaluation?.total {
      guard total.lossSum.isFinite else {
        return end(
          RunEnding(
            .diverged, ExitCode.badData,
            "the loss of the test images is not finite after step \(milestone.version): the learning rate is too high "
              + "or the data are bad"))
      }
      effects.append(.evaluated(version: milestone.version, total))
    }
    if milestone.isKept {
      commits.insert(milestone.version)
      effects.append(.commit(generation: generation, version: milestone.version))
    }
    losses.removeAll()
    guard milestone.version < plan.steps else {
      closing = (milestone.version, .done)
      return effects
    }
    if let interruption {
      closing = (milestone.version, interruption.ending)
      return effects
    }
    self.milestone = self.milestone(after: milestone.version)
    number += 1
    shareOut()
    return effects + orderServers(now: now) + orderWorkers(now: now)
  }

  mutating func stored(_ version: Int, now: Double) -> [Effect] {
    commits.remove(version)
    failedCommits = 0
    if !committed.contains(version) { committed = (committed + [version]).sorted() }
    if let closing, closing.version == version { return end(closing.ending) }
    return restoreIfComplete(now: now)
  }

  mutating func storeFailed(_ version: Int, _ sentence: String, now: Double) -> [Effect] {
    commits.remove(version)
    failedCommits += 1
    if failedCommits >= 3 || closing?.version == version { return end(RunEnding(.failed, ExitCode.ioError, sentence)) }
    return [incident("the checkpoint of step \(version) failed: \(sentence)", now: now)] + restoreIfComplete(now: now)
  }
}
