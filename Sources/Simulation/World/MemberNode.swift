import Coordination
import ParameterServer
import Parameters
import Worker

/// One life of a server or worker: its state machine, and a stand-in for the shell that drives it.
final class MemberNode {
  let id: Int
  let role: Member.Role
  /// The rank it asks for.
  let rank: Int?
  let incarnation: UInt64
  /// The coordinator that it joins, and no other.
  let coordinator: Int
  /// As which life of which member a launcher started the process.
  let launch: (member: Member, incarnation: UInt64)?

  var member: Member?
  var server: ParameterServer<Float, Int>?
  var worker: Worker<Float>?

  var lastHeard: Double
  var lastTold = -Double.infinity
  var lastAsked = 0.0
  var toldPulse = Pulse()

  // Of a worker.
  var endpoints: [Int] = []
  var jobs: [Job] = []
  var isComputing = false
  var finished = 0

  enum Job {
    case gradient(Worker<Float>.Task)
    case evaluation(Worker<Float>.EvaluationTask)
  }

  init(
    id: Int, role: Member.Role, rank: Int?, incarnation: UInt64, coordinator: Int,
    launch: (member: Member, incarnation: UInt64)?, now: Double
  ) {
    self.id = id
    self.role = role
    self.rank = rank
    self.incarnation = incarnation
    self.coordinator = coordinator
    self.launch = launch
    lastHeard = now
    lastAsked = now
  }

  var pulse: Pulse {
    if let server {
      return Pulse(generation: server.generation, orders: server.orders.number, progress: server.shard.version)
    }
    return Pulse(
      generation: worker?.generation ?? 0, orders: worker?.ordersNumber ?? 0, progress: finished,
      pending: jobs.count)
  }
}
