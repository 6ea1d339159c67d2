import Coordination
import ParameterServer
import Parameters

/// The promise of asynchronous runs: each microbatch is applied once.
extension World {
  /// A server has made so many steps of as many microbatches, all of them different ones.
  func checkAccount(of server: ParameterServer<Float, Int>, rank: Int, _ account: MicrobatchAccount) {
    let count = account.asynchrony.microbatchesPerStep
    guard server.generation > 0, let applied = server.appliedMicrobatches else { return }
    if applied.count != server.shard.version * count {
      violate("server \(rank) has made \(server.shard.version) steps of \(applied.count) microbatches")
    }
  }

  /// The state of a milestone is that of the first microbatches.
  func checkMilestone(_ state: ShardState<Float>, of rank: Int, _ account: MicrobatchAccount) {
    guard
      account.accepts(
        state.weights, of: training.shards.shards[rank], trained: Training.trainedCount, at: state.version,
        batch: training.samplesPerStep)
    else { return violate("server \(rank) has not applied each microbatch once at version \(state.version)") }
  }

  /// A report counts gradients that were not too far behind.
  func checkReport(_ report: WindowReport, of rank: Int, _ account: MicrobatchAccount) {
    let staleness = report.tally.staleness
    if let bound = account.asynchrony.staleness, let largest = staleness.largest, largest > bound {
      violate("server \(rank) has applied a gradient that was \(largest) versions behind")
    }
    if staleness.applied * Training.samples != report.tally.samples {
      violate("server \(rank) has counted \(staleness.applied) gradients for \(report.tally.samples) samples")
    }
  }

  /// The records count each microbatch once.
  func checkEnd(_ account: MicrobatchAccount) {
    guard let last = disk.checkpoints[schedule.steps] else { return violate("the last version is not on the disk") }
    for (rank, state) in last.states.enumerated() { checkMilestone(state, of: rank, account) }
    let expected = account.tally(before: schedule.steps, samples: Training.samples)
    for rank in 0..<schedule.servers {
      var total = disk.rows.reduce(Tally()) { sum, row in
        if case .window(let reports) = row { sum + reports[rank].tally } else { sum }
      }
      total.staleness = Staleness()
      if total != expected { violate("the records count \(total) of server \(rank), not \(expected)") }
    }
    let evaluated = disk.rows.compactMap { if case .evaluation(let version, _) = $0 { version } else { nil } }
    let due = (1...schedule.steps).filter { $0.isMultiple(of: schedule.evaluateEvery) || $0 == schedule.steps }
    if evaluated != due { violate("evaluations are recorded of versions \(evaluated), not \(due)") }
  }
}
