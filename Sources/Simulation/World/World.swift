import Coordination
import Failures
import ParameterServer
import Parameters
import Worker

/// Runs one schedule: the values that the processes drive, under a simulated clock, network and disk. Everything is a
/// function of the schedule.
final class World {
  let schedule: FaultSchedule
  let fault: ProtocolFault?
  let training: Training
  let reference: Reference
  /// In place of the reference, for an asynchronous run.
  let account: MicrobatchAccount?
  var random: SeededRandom
  private(set) var now = 0.0
  private var queue = EventQueue<Occurrence>()
  var disk = Disk()
  var coordinator: CoordinatorNode?
  var members: [Int: MemberNode] = [:]
  /// All members so far.
  var lives: (coordinators: [CoordinatorNode], members: [MemberNode]) = ([], [])
  var nextID = 1
  /// The end of each process's current or last pause.
  private(set) var sleeps: [Int: Double] = [:]
  private(set) var cuts: [(from: Place, to: Place, until: Double)] = []
  private var breaks: [Place: [Place: Int]] = [:]
  private(set) var violation: String?
  private(set) var transcript: [String]?
  private(set) var eventCount = 0
  /// How each life of the coordinator ended.
  private(set) var endings: [RunEnding] = []
  /// The highest version seen of each server in each generation.
  var versions: [Int: (generation: UInt64, version: Int)] = [:]
  var injector = FaultInjector()

  enum Occurrence {
    case letter(from: Int, to: Int, Letter, breaks: Int, places: (Place, Place)?)
    case turn(Int)
    case computed(Int, MemberNode.Job)
    case committed(Int, version: Int)
    case prepared(Int)
    case exited(Int, Member, incarnation: UInt64)
    case start(Member, incarnation: UInt64, coordinator: Int)
    case disturb(Disturbance)
    case startCoordinator
  }

  /// - Parameter keepsTranscript: whether to keep a transcript.
  init(_ schedule: FaultSchedule, planting fault: ProtocolFault? = nil, keepsTranscript: Bool = false) throws {
    self.schedule = schedule
    self.fault = fault
    training = Training(schedule)
    let reference = try Reference(training)
    self.reference = reference
    account = schedule.asynchrony.map { MicrobatchAccount($0, initial: reference.initial) }
    random = SeededRandom(seed: schedule.seed ^ 0x5DEE_CE66_D1CE_4E5B)
    if keepsTranscript { transcript = [] }
    for disturbance in schedule.disturbances { queue.put(.disturb(disturbance), at: disturbance.time) }
    queue.put(.startCoordinator, at: 0)
  }

  /// Runs until the run has ended or an invariant is violated.
  func play() {
    while violation == nil, let (time, event) = queue.take() {
      now = time
      eventCount += 1
      if eventCount > 300_000 || now > 600 + schedule.calmAfter { return hang() }
      handle(event)
      if endings.last?.outcome == .done { return checkEnd() }
      if endings.last?.outcome == .diverged { return }
    }
    if violation == nil { hang() }
  }

  func note(_ line: @autoclosure () -> String) {
    guard transcript != nil else { return }
    transcript?.append("\(String(describing: (now * 10000).rounded() / 10000)) s  \(line())")
  }

  func violate(_ sentence: String) {
    guard violation == nil else { return }
    violation = sentence
    note("VIOLATION \(sentence)")
  }

  private func hang() {
    let machine = coordinator?.machine
    let state = members.values.sorted { $0.id < $1.id }.map { "\($0.role) \($0.member?.rank ?? -1): \($0.pulse)" }
    violate(
      "no progress: \(machine.map { "\($0.phase), generation \($0.generation), horizon \($0.horizon)" } ?? "no coordinator"); "
        + state.joined(separator: ", "))
  }

  func put(_ event: Occurrence, after delay: Double) { queue.put(event, at: now + delay) }

  private func handle(_ event: Occurrence) {
    switch event {
    case .letter(let from, let to, let letter, let epoch, let places):
      if isPutOff(event, for: to) { return }
      if let (a, b) = places {
        guard breaks[a]?[b] ?? 0 == epoch, !isCut(from: a, to: b) else { return }
      }
      deliver(letter, from: from, to: to)
    case .turn(let id):
      if isPutOff(event, for: id) { return }
      turn(id)
    case .computed(let id, let job):
      if isPutOff(event, for: id) { return }
      if let node = members[id] { computed(job, by: node) }
    case .committed(let id, let version):
      if isPutOff(event, for: id) { return }
      committed(version, by: id)
    case .prepared(let id):
      if isPutOff(event, for: id) { return }
      if let node = members[id] { prepared(node) }
    case .exited(let id, let member, let incarnation):
      if isPutOff(event, for: id) { return }
      guard let coordinator, coordinator.id == id else { return }
      coordinator.clock.exited(member, incarnation: incarnation, how: "signal 9", now: now)
    case .start(let member, let incarnation, let id):
      guard coordinator?.id == id || !schedule.isLocal else { return }
      startMember(
        member.role, rank: member.rank, incarnation: incarnation, coordinator: id, launch: (member, incarnation))
    case .disturb(let disturbance): disturb(disturbance)
    case .startCoordinator: startCoordinator()
    }
  }

  // MARK: Sleep, cuts and breaks

  /// Delays the events of a paused process; messages that wait for it may be reordered, too.
  private func isPutOff(_ event: Occurrence, for id: Int) -> Bool {
    guard let until = sleeps[id], until > now else { return false }
    if case .letter = event {
      queue.put(event, at: until + random.between(0, schedule.jitter))
    } else {
      queue.put(event, at: until)
    }
    return true
  }

  /// Pauses a process for some time.
  func sleep(_ id: Int, _ seconds: Double) { sleeps[id] = max(sleeps[id] ?? 0, now + seconds) }

  private func isCut(from a: Place, to b: Place) -> Bool {
    cuts.contains { $0.from == a && $0.to == b && $0.until > now }
  }

  func place(of id: Int) -> Place? {
    if coordinator?.id == id { return .coordinator }
    return members[id]?.place.map { .member($0) }
  }

  /// Sends a letter through the network of the schedule.
  func post(_ letter: Letter, from: Int, to: Int) {
    var places: (Place, Place)?
    if let a = place(of: from), let b = place(of: to) {
      if isCut(from: a, to: b) { return }
      places = (a, b)
    }
    let epoch = places.map { breaks[$0.0]?[$0.1] ?? 0 } ?? 0
    for _ in 0..<(random.chance(schedule.duplication) ? 2 : 1) {
      let delay =
        random.chance(schedule.lateness) ? random.between(0.01, 0.5) : 0.0002 + random.between(0, schedule.jitter)
      put(.letter(from: from, to: to, letter, breaks: epoch, places: places), after: delay)
    }
  }

  private func node(at place: Place) -> Int? {
    switch place {
    case .coordinator: coordinator?.id
    case .member(let member): members.values.filter { $0.place == member }.map(\.id).max()
    }
  }

  private func disturb(_ disturbance: Disturbance) {
    note(disturbance.description)
    switch disturbance {
    case .crash(let place, _): if let id = node(at: place) { crash(id) }
    case .pause(let place, _, let seconds): if let id = node(at: place) { sleep(id, seconds) }
    case .drop(let a, let b, _):
      breaks[a, default: [:]][b, default: 0] += 1
      breaks[b, default: [:]][a, default: 0] += 1
    case .cut(let a, let b, _, let seconds, let isOneWay):
      cuts.append((a, b, now + seconds))
      if !isOneWay { cuts.append((b, a, now + seconds)) }
    case .diskFails(_, let seconds): disk.failsUntil = now + seconds
    case .diskTears: disk.tearsNext = true
    case .join:
      guard let coordinator else { return }
      startMember(.worker, rank: nil, incarnation: random.next() | 1 << 60, coordinator: coordinator.id, launch: nil)
    case .drain(let rank, _):
      if let coordinator { send(.drain(rank: rank), to: coordinator) }
    case .diskStalls(_, let seconds): disk.stallsUntil = now + seconds
    case .interrupt: if let coordinator { send(.interrupted(signal: 15), to: coordinator) }
    case .stray:
      guard let coordinator else { return }
      startMember(
        .worker, rank: nil, incarnation: random.next() | 1 << 60, run: "another", coordinator: coordinator.id,
        launch: nil)
    case .forgery:
      for node in members.values.sorted(by: { $0.id < $1.id }) where sleeps[node.id] ?? 0 <= now { forge(to: node) }
    case .interruptAll:
      for node in members.values.sorted(by: { $0.id < $1.id }) { signal(node) }
      if let coordinator { send(.interrupted(signal: 15), to: coordinator) }
    }
  }

  /// kill -9.
  func crash(_ id: Int) {
    if coordinator?.id == id {
      coordinator = nil
      // Children see the end of their stdin; others notice the silence.
      if schedule.isLocal { members.removeAll() }
      put(.startCoordinator, after: random.between(0.2, 2))
    } else if let node = members.removeValue(forKey: id) {
      noteExit(of: node)
    }
  }

  /// A member's process has ended. Its launcher tells the coordinator; without a launcher, a process that never got a
  /// place is started again by hand, as the coordinator does not know of it.
  func noteExit(of node: MemberNode) {
    guard let launch = node.launch else { return }
    if schedule.isLocal {
      put(.exited(node.coordinator, launch.member, incarnation: launch.incarnation), after: random.between(0.001, 0.01))
    } else if node.member == nil {
      put(
        .start(launch.member, incarnation: random.next() | 1 << 60, coordinator: node.coordinator),
        after: random.between(0.1, 4))
    }
  }

  /// A life of the coordinator has ended; unless the run is done, it is resumed.
  func ended(_ node: CoordinatorNode, _ ending: RunEnding) {
    note("the coordinator ends: \(ending.outcome.rawValue), \(ending.exitCode), \(ending.sentence)")
    endings.append(ending)
    if !node.machine.handle(.tick, now: now).isEmpty { violate("the coordinator acts after the end") }
    if ending.outcome == .interrupted { checkInterruption(node) }
    coordinator = nil
    if schedule.isLocal { members.removeAll() }
    switch (ending.outcome, ending.exitCode) {
    case (.done, 0): return
    case (.interrupted, 143): break
    case (.diverged, _) where isDivergence(ending): return
    case (.failed, ExitCode.ioError) where ending.sentence == "the disk is full": break
    // Repeated failures of a member are allowed; lack of progress is a violation.
    case (.failed, ExitCode.tryAgain), (.failed, ExitCode.unavailable):
      guard ending.sentence.contains("was lost") else { return violate("the run stopped: \(ending.sentence)") }
    default: return violate("the run ended with \(ending.exitCode): \(ending.sentence)")
    }
    put(.startCoordinator, after: random.between(0.2, 2))
  }
}
