import Coordination
import ParameterServer
import Parameters
import Worker

/// One life of a server or worker: the values that its process drives, and what stands in for its threads and
/// connections.
final class MemberNode {
  let id: Int
  let role: Member.Role
  /// The rank it asks for.
  let rank: Int?
  let incarnation: UInt64
  /// Shown to servers by its connections; others can't guess it.
  var badge: UInt64 { Self.badge(of: id) }

  /// The badge of this life's connections, kept after the life has ended.
  static func badge(of id: Int) -> UInt64 { UInt64(id) + 1 }

  /// The hash of the run that it was started for; empty for any.
  let run: String
  /// The only coordinator that it joins.
  let coordinator: Int
  /// The member and incarnation that a launcher started it as.
  let launch: (member: Member, incarnation: UInt64)?

  /// Its place, after the welcome.
  var member: Member?
  var session: MemberSession
  var server: ParameterServer<Float, Int>?
  var worker: (any WorkerMachine<Float>)?

  // Of a worker.
  var watch: ServerWatch
  var endpoints: [Int] = []
  var jobs: [Job] = []
  var isComputing = false
  /// Of the gradient in hand, once its last segment is computed.
  var contribution: Contribution<Float>?
  var finished = 0

  enum Job {
    /// Its last segments are computed, and so many are left.
    case gradient(Worker<Float>.Task, left: Int)
    case evaluation(Worker<Float>.EvaluationTask)
  }

  init(
    id: Int, role: Member.Role, rank: Int?, incarnation: UInt64, run: String, coordinator: Int,
    launch: (member: Member, incarnation: UInt64)?, rejoinDeadline: Double, now: Double
  ) {
    self.id = id
    self.role = role
    self.rank = rank
    self.incarnation = incarnation
    self.run = run
    self.coordinator = coordinator
    self.launch = launch
    session = MemberSession(coordinator: "coordinator \(coordinator)", rejoinDeadline: rejoinDeadline, now: now)
    watch = ServerWatch(joinDeadline: Timing.joining, now: now)
  }

  /// How the schedule refers to it: by its place, or by the place that it asks for.
  var place: Member? { member ?? rank.map { Member(role, $0) } }

  var pulse: Pulse {
    if let server {
      return Pulse(generation: server.generation, orders: server.followedOrders, progress: server.shard.version)
    }
    return Pulse(
      generation: worker?.generation ?? 0, orders: worker?.ordersNumber ?? 0, progress: finished,
      pending: jobs.count)
  }
}
