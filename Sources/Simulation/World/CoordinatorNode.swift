import Coordination
import ParameterServer
import Parameters

/// One life of the coordinator: its state machine, and a stand-in for the shell and the book that it keeps.
final class CoordinatorNode {
  let id: Int
  var machine: Coordinator<Int>
  var states: [Int: [Int: ShardState<Float>]] = [:]
  var reports: [Int: [Int: WindowReport]] = [:]
  /// Those that a server handed over before; for a planted fault.
  var earlier: [Int: ShardState<Float>] = [:]
  var lastHeartbeat = -Double.infinity

  init(id: Int, machine: Coordinator<Int>) {
    self.id = id
    self.machine = machine
  }
}
