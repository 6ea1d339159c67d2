import Coordination
import ParameterServer
import Parameters

/// One life of the coordinator: the values that its process drives, and what stands in for its records.
final class CoordinatorNode {
  let id: Int
  var machine: Coordinator<Int>
  var clock: CoordinatorClock
  var states: [Int: [Int: ShardState<Float>]] = [:]
  var reports: [Int: [Int: WindowReport]] = [:]
  /// Checkpoints on their way to the disk, by version, which are written one after another.
  var pending: [Int: Disk.Kept] = [:]
  /// When the last of them will have been written.
  var writesUntil = 0.0
  /// The report that is being passed to the machine.
  var report: WindowReport?
  /// States that servers handed over earlier; for a planted fault.
  var earlier: [Int: ShardState<Float>] = [:]

  init(id: Int, machine: Coordinator<Int>, now: Double) {
    self.id = id
    self.machine = machine
    clock = CoordinatorClock(now: now)
  }
}
