import Coordination
import Messages
import ParameterServer
import Parameters
import Worker

/// A message on its way. Its tensors have their real sizes on the way, and what arrives stands for them.
final class Parcel {
  let from: Int
  let to: Int
  let generation: UInt64
  let message: Message
  /// In place of the tensor.
  let content: Content
  /// Of both frames.
  let bytes: Int

  enum Content {
    case none
    case tensor(Buffer<Float>)
    case report(WindowReport)
  }

  init(from: Int, to: Int, generation: UInt64, message: Message, content: Content, bytes: Int) {
    self.from = from
    self.to = to
    self.generation = generation
    self.message = message
    self.content = content
    self.bytes = bytes
  }
}

/// One process of the cluster: its loop, which takes one thing after another, and the values that it drives.
final class ClusterProcess {
  let id: Int
  let host: Int
  /// The stage of its sockets.
  let sockets: Int
  let machine: Machine

  enum Machine {
    case coordinator(CoordinatorState)
    case server(MemberState, rank: Int)
    case worker(MemberState, rank: Int)
  }

  /// What its loop has not taken in yet.
  var inbox = Line<Item>()
  var isBusy = false
  /// Of its loop.
  var seconds = 0.0
  /// What the thing in hand costs, and what it leads to.
  var cost = 0.0
  var parcels: [Parcel] = []
  var tasks: [MemberState.Job] = []

  enum Item {
    case parcel(Parcel)
    case computed(MemberState.Job, segment: Int)
    case ready
    case stored(version: Int)
    case tick
  }

  init(id: Int, host: Int, sockets: Int, machine: Machine) {
    self.id = id
    self.host = host
    self.sockets = sockets
    self.machine = machine
  }
}

/// The values that the coordinator's process drives.
final class CoordinatorState {
  var machine: Coordinator<Int>
  var clock: CoordinatorClock
  var messages = 0
  var bytes = 0

  init(machine: Coordinator<Int>, now: Double) {
    self.machine = machine
    clock = CoordinatorClock(now: now)
  }
}

/// The values that a server's or worker's process drives.
final class MemberState {
  var session: MemberSession
  var server: ParameterServer<Float, Int>?
  var worker: Worker<Float>?
  let badge: UInt64

  // Of a server: the sums of the step in hand, by segment, to count the additions.
  var sums: [Int: TreeSum<Int>] = [:]
  var sumsStep = 0
  var additions = 0

  // Of a worker.
  var watch: ServerWatch
  var jobs = Line<Job>()
  var idleThreads: Int
  var pending = 0
  var finished = 0
  /// Microbatches of the step in hand, by segment.
  var computed: [Int: Int] = [:]

  enum Job {
    case gradient(Worker<Float>.Task)
    case evaluation(Worker<Float>.EvaluationTask)
  }

  init(threads: Int, badge: UInt64, now: Double) {
    session = MemberSession(coordinator: "the coordinator", now: now)
    watch = ServerWatch(joinDeadline: Timing.joining, now: now)
    idleThreads = threads
    self.badge = badge
  }

  var pulse: Pulse {
    if let server {
      return Pulse(generation: server.generation, orders: server.followedOrders, progress: server.shard.version)
    }
    guard let worker else { return Pulse() }
    return Pulse(
      generation: worker.generation, orders: worker.ordersNumber, progress: finished, pending: pending)
  }
}
