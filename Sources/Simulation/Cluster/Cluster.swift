import Coordination
import Failures
import Messages
import Optimization
import ParameterServer
import Parameters
import Worker

/// A run on a cluster that does not exist: the values that the processes drive, under a simulated clock, with what
/// their work and their messages cost.
///
/// Everything is a function of the plan. The numbers in the tensors are not computed: each server holds one weight in
/// place of each segment, while costs and messages have the sizes of the real segments.
final class Cluster {
  let plan: ClusterPlan
  let run: RunPlan
  /// One weight for each segment.
  let shards: ShardMap
  let one = Buffer<Float>(count: 1)
  /// Of each real segment, packed; none if nothing is.
  let wordCounts: [Int]
  private(set) var now = 0.0
  private var queue = EventQueue<Event>()
  var fabric = Fabric()
  /// Where all processes share some.
  private var cores: Cores<Thread>?
  /// The coordinator, then servers and workers in order of rank.
  private(set) var processes: [ClusterProcess] = []
  private var links: [(out: Int, into: Int)] = []
  private(set) var eventCount = 0
  /// What compute threads have in hand, by number.
  private var jobs: [Int: MemberState.Job] = [:]
  private var jobCount = 0
  private(set) var ending: RunEnding?
  /// What must not happen in a cluster without faults.
  private(set) var violation: String?
  /// What the processes have handed to their sockets, and what has arrived.
  private(set) var traffic = ClusterTraffic()
  var progress = StepProgress()
  /// How often a worker has sent its requests again.
  var repetitions = 0

  /// What needs a core: the loop of a process, or its sockets.
  private enum Thread {
    case loop(Int)
    case sockets(stage: Int)
  }

  enum Event {
    case fabric(Fabric.Event)
    /// The loop has done with the thing in hand.
    case done(Int)
    case tick(Int)
    case ready(Int)
    /// A compute thread of a process has a segment of a job, by its number, or with the last one all of it.
    case computed(Int, job: Int, segment: Int)
    case stored(version: Int)
  }

  init(_ plan: ClusterPlan) throws {
    self.plan = plan
    let steps = ClusterPlan.warmup + plan.steps + 1
    run = RunPlan(
      specHash: String(repeating: "0", count: 64), serverCount: plan.servers, workerCount: plan.workers, steps: steps,
      microbatches: plan.tree.leafCount, evaluationChunks: 1, evaluations: .every(steps), checkpoints: .every(steps),
      reportEvery: plan.reportEvery, learningRate: 0, joinDeadline: .infinity, silenceDeadline: Timing.longestLease,
      computeDeadline: .infinity, progressDeadline: .infinity)
    shards = ShardMap(
      layout: ParameterLayout(
        plan.shards.segments.indices.map {
          Parameter(layer: "\($0)", shape: Shape(1), role: .bias, group: .head, initializer: .constant(0))
        }), shards: (0..<plan.servers).map { plan.shards.segments(of: $0) },
      segments: (0..<plan.servers).map { plan.shards.segments(of: $0).map { $0..<$0 + 1 } })
    wordCounts =
      plan.wire.isLossy
      ? plan.shards.segments.indices.map { plan.shards.coding(ofSegment: $0, Wire(plan.wire, seed: 0)).wordCount } : []
    cores = plan.cores.map { Cores(count: $0) }
    for _ in 0..<plan.hostCount {
      links.append((fabric.addStage(latency: plan.network.latencySeconds), fabric.addStage()))
    }
    let machine = Coordinator<Int>(plan: run, now: 0)
    start(.coordinator(CoordinatorState(machine: machine, now: 0)), on: plan.hostOfCoordinator, at: 0)
    // Heartbeats of different processes have different phases.
    var random = SeededRandom(seed: plan.seed)
    for rank in 0..<plan.servers {
      let member = MemberState(threads: 0, badge: random.next(), now: 0)
      start(
        .server(member, rank: rank), on: plan.host(ofServer: rank), at: random.between(0, Timing.heartbeat))
    }
    for rank in 0..<plan.workers {
      let member = MemberState(threads: plan.threads, badge: random.next(), now: 0)
      start(
        .worker(member, rank: rank), on: plan.host(ofWorker: rank), at: random.between(0, Timing.heartbeat))
    }
  }

  private func start(_ machine: ClusterProcess.Machine, on host: Int, at time: Double) {
    let id = processes.count
    let sockets = fabric.addStage(needsCore: true)
    processes.append(ClusterProcess(id: id, host: host, sockets: sockets, machine: machine))
    queue.put(.tick(id), at: time)
  }

  func server(_ rank: Int) -> Int { 1 + rank }
  func worker(_ rank: Int) -> Int { 1 + plan.servers + rank }

  /// Runs to the end of the run, and until nothing is on its way any more.
  func play() throws {
    while violation == nil, let (time, event) = queue.take() {
      now = time
      eventCount += 1
      handle(event)
    }
    if let violation { throw RunError(ExitCode.software, violation) }
    guard ending?.outcome == .done else { throw RunError(ExitCode.software, "the simulated run did not end") }
  }

  func violate(_ sentence: String) { violation = violation ?? sentence }

  func put(_ event: Event, after seconds: Double) { queue.put(event, at: now + seconds) }

  private func handle(_ event: Event) {
    switch event {
    case .fabric(let event):
      let parcel = fabric.handle(event, now: now, requests)
      if case .free(let stage) = event, fabric.stages[stage].needsCore { giveBackCore() }
      guard let parcel else { return }
      traffic.received += 1
      traffic.bytesReceived += parcel.bytes
      take(.parcel(parcel), by: processes[parcel.to])
    case .done(let id):
      finish(processes[id])
      giveBackCore()
    case .tick(let id):
      guard ending == nil else { return }
      take(.tick, by: processes[id])
      put(.tick(id), after: 0.1)
    case .ready(let id): take(.ready, by: processes[id])
    case .computed(let id, let number, let segment):
      guard let job = jobs[number] else { return }
      if segment == 0 { jobs[number] = nil }
      take(.computed(job, segment: segment), by: processes[id])
    case .stored(let version): take(.stored(version: version), by: processes[0])
    }
  }

  // MARK: Loops

  private func take(_ item: ClusterProcess.Item, by process: ClusterProcess) {
    guard !process.isBusy else { return process.inbox.append(item) }
    begin(item, by: process)
  }

  private func begin(_ item: ClusterProcess.Item, by process: ClusterProcess) {
    process.cost = 0
    switch process.machine {
    case .coordinator(let coordinator): handle(item, coordinator, process)
    case .server(let member, let rank): handle(item, member, server: rank, process)
    case .worker(let member, let rank): handle(item, member, worker: rank, process)
    }
    if case .parcel(let parcel) = item { process.cost += plan.costs.messageSeconds + sealing(parcel) }
    for parcel in process.parcels { process.cost += plan.costs.messageSeconds + sealing(parcel) }
    process.seconds += process.cost
    process.isBusy = true
    guard process.cost > 0 else { return finish(process) }
    if takeCore(for: .loop(process.id)) { put(.done(process.id), after: process.cost) }
  }

  private func takeCore(for thread: Thread) -> Bool { cores?.take(for: thread) ?? true }

  private func giveBackCore() {
    switch cores?.next() {
    case .loop(let id): put(.done(id), after: processes[id].cost)
    case .sockets(let stage): fabric.resume(stage, now: now, requests)
    case nil: break
    }
  }

  private lazy var requests = Fabric.Requests(
    schedule: { [unowned self] in queue.put(.fabric($0), at: $1) },
    takeCore: { [unowned self] in takeCore(for: .sockets(stage: $0)) })

  /// What the thing in hand led to happens, and the next is taken.
  private func finish(_ process: ClusterProcess) {
    process.isBusy = false
    let (parcels, tasks) = (process.parcels, process.tasks)
    process.parcels.removeAll(keepingCapacity: true)
    process.tasks.removeAll(keepingCapacity: true)
    for parcel in parcels {
      traffic.sent += 1
      traffic.bytesSent += parcel.bytes
      fabric.send(parcel, path: path(of: parcel), now: now, requests)
    }
    if case .worker(let member, let rank) = process.machine {
      for task in tasks { member.jobs.append(task) }
      computeNext(member, rank, process)
    }
    if let item = process.inbox.take() { begin(item, by: process) }
  }

  private func path(of parcel: Parcel) -> [Fabric.Passage] {
    let (from, to) = (processes[parcel.from], processes[parcel.to])
    func passages(_ stages: [Int], _ bytesPerSecond: Double) -> [Fabric.Passage] {
      stages.map { Fabric.Passage(stage: $0, bytesPerSecond: bytesPerSecond) }
    }
    guard plan.hostCount > 1 else { return passages([from.sockets, to.sockets], plan.costs.localBytesPerSecond) }
    let sockets = plan.costs.socketBytesPerSecond
    // A run on several hosts has one kind of connection, also within each.
    guard from.host != to.host else { return passages([from.sockets, to.sockets], sockets) }
    return passages([from.sockets], sockets)
      + passages([links[from.host].out, links[to.host].into], plan.network.messageBytesPerSecond)
      + passages([to.sockets], sockets)
  }

  /// Seconds in which a loop seals or opens the tensor of a message.
  private func sealing(_ parcel: Parcel) -> Double {
    guard plan.hostCount > 1, !isCheckpoint(parcel.message), let tensor = parcel.message.tensor else { return 0 }
    return Double(tensor.byteCount) / plan.costs.sealBytesPerSecond
  }

  func computeNext(_ member: MemberState, _ rank: Int, _ process: ClusterProcess) {
    while member.idleThreads > 0, let job = member.jobs.take() {
      member.idleThreads -= 1
      var seconds = plan.costs.microbatchSeconds
      if case .gradient(let task) = job {
        seconds *= plan.slowness(ofWorker: rank, step: task.step)
        progress.noteCompute(
          seconds / Double(min(plan.threads, plan.microbatches)), ofWorker: rank, step: task.step)
      }
      jobCount += 1
      jobs[jobCount] = job
      if case .gradient = job {
        for (segment, part) in plan.segmentCompletions.enumerated().dropFirst().reversed() {
          put(.computed(process.id, job: jobCount, segment: segment), after: part * seconds)
        }
      }
      put(.computed(process.id, job: jobCount, segment: 0), after: seconds)
    }
  }

  // MARK: Messages

  /// Puts a message beside what the thing in hand of a process leads to.
  func post(
    _ message: Message, generation: UInt64, from process: ClusterProcess, to peer: Int,
    content: Parcel.Content = .none
  ) {
    let envelope = Envelope(session: .max, generation: generation, message: message)
    guard let header = try? envelope.encoded().count else { return violate("a message can't be encoded: \(message)") }
    // Flags and length before each frame, as ZMTP has it.
    var bytes = header + (header < 256 ? 2 : 9)
    if !isCheckpoint(message), let payload = message.tensor?.byteCount { bytes += payload + (payload < 256 ? 2 : 9) }
    for case .coordinator(let coordinator) in [process.machine, processes[peer].machine] {
      coordinator.messages += 1
      coordinator.bytes += bytes
    }
    process.parcels.append(
      Parcel(from: process.id, to: peer, generation: generation, message: message, content: content, bytes: bytes))
  }

  /// Checkpoints are not among the measured steps: their states take no time.
  private func isCheckpoint(_ message: Message) -> Bool { if case .state = message { true } else { false } }

  func end(_ ending: RunEnding) { self.ending = ending }

  // MARK: Measures

  /// What the parts have done so far.
  var usage: ClusterUsage {
    var usage = ClusterUsage(time: now)
    for link in links {
      for stage in [link.out, link.into] {
        usage.linkSeconds.append(fabric.stages[stage].seconds)
        usage.linkBytes.append(fabric.stages[stage].bytes)
      }
    }
    for process in processes {
      let seconds = max(process.seconds, fabric.stages[process.sockets].seconds)
      switch process.machine {
      case .coordinator(let coordinator):
        usage.coordinatorSeconds = seconds
        usage.coordinatorMessages = coordinator.messages
        usage.coordinatorBytes = coordinator.bytes
      case .server:
        usage.serverSeconds.append(seconds)
        usage.serverWork += process.seconds
      case .worker: usage.workerSeconds.append(seconds)
      }
    }
    return usage
  }

  /// A server has reached a version.
  func reached(_ version: Int) {
    guard progress.reached(version, by: plan.servers, now: now) else { return }
    if version == ClusterPlan.warmup { progress.start = usage }
    if version == ClusterPlan.warmup + plan.steps { progress.end = usage }
  }
}

/// How far the servers are, and how long the workers computed.
struct StepProgress {
  private var counts: [Int: Int] = [:]
  /// When the last server reached each version.
  private(set) var times: [Int: Double] = [:]
  /// Of the busiest worker of each step.
  private(set) var computeSeconds: [Int: Double] = [:]
  private var current: [Int: (step: Int, seconds: Double)] = [:]
  var start: ClusterUsage?
  var end: ClusterUsage?

  /// - Returns: whether this was the last server.
  mutating func reached(_ version: Int, by servers: Int, now: Double) -> Bool {
    counts[version, default: 0] += 1
    guard counts[version] == servers else { return false }
    counts[version] = nil
    times[version] = now
    return true
  }

  mutating func noteCompute(_ seconds: Double, ofWorker rank: Int, step: Int) {
    let before = current[rank].flatMap { $0.step == step ? $0.seconds : nil } ?? 0
    current[rank] = (step, before + seconds)
    computeSeconds[step] = max(computeSeconds[step] ?? 0, before + seconds)
  }
}

/// Seconds of work and bytes, from the start to some time.
struct ClusterUsage {
  let time: Double
  var linkSeconds: [Double] = []
  var linkBytes: [Double] = []
  /// Of the loop or the sockets, whichever is busier.
  var serverSeconds: [Double] = []
  var workerSeconds: [Double] = []
  /// Of the loops of all servers.
  var serverWork = 0.0
  var coordinatorSeconds = 0.0
  var coordinatorMessages = 0
  var coordinatorBytes = 0

  init(time: Double) { self.time = time }
}
