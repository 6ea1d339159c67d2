import Coordination
import Failures
import ParameterServer
import Worker

/// The checks at the end of a run.
extension World {
  /// The last version on the disk, and the records, are those of the fault-free run.
  func checkEnd() {
    if let account { return checkEnd(account) }
    if let step = schedule.divergesAt { return violate("the run goes on beyond step \(step), which is not finite") }
    guard let last = disk.checkpoints[schedule.steps] else { return violate("the last version is not on the disk") }
    for (rank, state) in last.states.enumerated()
    where Reference.bits(of: state.weights) != reference.bits[schedule.steps][rank] {
      return violate("server \(rank) ends with other bits")
    }
    if disk.rows != expectedRows { violate("the records have other rows: \(disk.rows.count) of \(expectedRows.count)") }
  }

  /// Whether the run ended at the step that is not finite, as it must.
  func isDivergence(_ ending: RunEnding) -> Bool {
    guard let step = schedule.divergesAt, ending.outcome == .diverged else { return false }
    return ending.exitCode == ExitCode.badData && ending.sentence.hasPrefix("step \(step) is not finite in the loss")
  }

  /// The refusals of all state machines of the run.
  var coverage: GuardCoverage {
    var coverage = GuardCoverage()
    for node in lives.coordinators { coverage.add(node.machine) }
    for node in lives.members {
      coverage.add(node.session)
      if let server = node.server { coverage.add(server) }
      if let worker = node.worker { coverage.add(worker.refused) }
    }
    return coverage
  }

  /// If signals are the only disturbance, an interrupted run must store the highest version of its servers.
  func checkInterruption(_ node: CoordinatorNode) {
    guard schedule.isCalm else { return }
    let reached = versions.values.filter { $0.generation == node.machine.generation }.map(\.version).max() ?? 0
    let kept = disk.checkpoints.keys.max() ?? 0
    if kept < reached { violate("a signal cost the run the steps from \(kept) to \(reached)") }
  }

  /// The rows of a fault-free run.
  private var expectedRows: [Disk.Row] {
    (1...schedule.steps).flatMap { version -> [Disk.Row] in
      (reference.reports[version].map { [.window($0)] } ?? [])
        + (reference.evaluations[version].map { [.evaluation(version: version, $0)] } ?? [])
    }
  }
}
