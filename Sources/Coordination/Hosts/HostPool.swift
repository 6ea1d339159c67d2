import Failures
package import Parameters

/// The machines that runs may use, and what runs where. Events in, effects out, no I/O; time is a number of seconds that comes
/// with each event and never falls.
///
/// A process is placed once: on a host whose free slots it fits in, or it waits for one. When its host is lost, it has ended, and
/// whoever asked for it asks for another one. A reservation keeps slots of one host for all processes of a run; when that host is
/// lost, the run's next process takes the reservation to another one.
package struct HostPool<Peer: Hashable & Sendable>: Sendable {
  package enum Event: Sendable {
    case hello(Peer, HostFacts)
    case report(Peer, HostReport)
    /// Run this process somewhere; it takes `slots` of a host, or is part of a reservation.
    case place(HostedProcess, slots: Int, reservation: Int? = nil)
    /// The process is no longer needed.
    case remove(id: Int)
    /// Keep slots of one host as soon as one has them free.
    case reserve(id: Int, slots: Int)
    case release(reservation: Int)
    /// The agent of this host can't be started, or has ended. It was not told to if `isSudden`: the link or the machine may have failed.
    case absent(name: String, why: String, isSudden: Bool = false)
    case tick
  }

  package enum Effect: Hashable, Sendable {
    case orders(Peer, HostOrders)
    case refuse(Peer, exitCode: Int32, sentence: String)
    case joined(HostFacts)
    case lost(name: String, why: String)
    /// Start the agent of a host again that was here.
    case restart(name: String)
    case ended(id: Int, how: String)
    /// No host has room for the process, nor will have.
    case noRoom(id: Int, why: String)
    case reserved(id: Int)
    /// No host will ever have that many slots.
    case unreservable(id: Int, why: String)
  }

  /// One machine with an agent.
  package struct Host: Sendable {
    package fileprivate(set) var peer: Peer
    package fileprivate(set) var facts: HostFacts
    package fileprivate(set) var processes: [HostedProcess] = []
    fileprivate var slotsTaken: [Int: Int] = [:]
    fileprivate var slotsReserved: [Int: Int] = [:]
    /// Of its orders.
    fileprivate var number: Int
    fileprivate var lastHeard: Double
    fileprivate var lastTold = -Double.infinity

    package var freeSlots: Int {
      facts.slots - slotsTaken.values.reduce(0, +) - slotsReserved.values.reduce(0, +)
    }
    fileprivate var servers: Int { processes.count { $0.role == .server } }
  }

  /// A member of a run, whatever its process.
  private struct Seat: Hashable, Sendable {
    let run: String
    let role: HostedProcess.Role
    let rank: Int

    init(_ process: HostedProcess) { (run, role, rank) = (process.key, process.role, process.rank) }
  }

  private struct Restart: Sendable {
    /// `nil` while an attempt is under way.
    var due: Double?
    /// Before the next attempt.
    var delay = Timing.agentRestart
  }

  /// A process that waits for room.
  private struct Request: Sendable {
    let process: HostedProcess
    /// That it takes itself; none as part of a reservation.
    let slots: Int
    let reservation: Int?
  }

  /// Whether no other hosts will come than those that are started for the pool.
  private let isClosed: Bool
  /// Why hosts are not here, by name.
  private var absences: [String: String] = [:]
  /// Agents that have ended suddenly, and are to be started again.
  private var restarts: [String: Restart] = [:]
  /// Names of the hosts to wait for before the first process is placed; hosts of other names are welcome too.
  private var expected: [String]
  private let version: String
  /// Of the latest orders of any host: an agent that was lost and comes back has seen no higher one.
  private var number = 0
  private var lastTick: Double?
  /// In the order in which they fill.
  package private(set) var hosts: [Host] = []
  private var waiting: [Request] = []
  /// Who has had room once.
  private var seats: Set<Seat> = []
  /// Slots of all reservations, granted or not.
  private var reservations: [Int: Int] = [:]
  /// Reservations that wait for a host, in the order in which they came.
  private var waitingReservations: [Int] = []

  /// - Parameters:
  ///   - expected: names of the hosts that are being started, in the order in which they are to fill.
  ///   - version: of the program, which agents must have too.
  package init(expecting expected: [String] = [], version: String) {
    self.expected = expected
    order = expected
    self.version = version
    isClosed = !expected.isEmpty
  }

  private let order: [String]

  package mutating func handle(_ event: Event, now: Double) -> [Effect] {
    switch event {
    case .hello(let peer, let facts): return admit(peer, facts, now: now)
    case .report(let peer, let report): return note(report, of: peer, now: now)
    case .place(let process, let slots, let reservation):
      waiting.append(Request(process: process, slots: reservation == nil ? slots : 0, reservation: reservation))
      return place(now: now)
    case .remove(let id): return remove(id, now: now)
    case .reserve(let id, let slots):
      reservations[id] = slots
      waitingReservations.append(id)
      return place(now: now)
    case .release(let id): return release(id, now: now)
    case .absent(let name, let why, let isSudden): return miss(name, why, isSudden: isSudden, now: now)
    case .tick: return tick(now: now)
    }
  }

  /// Names of the hosts that have not joined yet.
  package var missing: [String] { expected }

  /// Slots of all hosts.
  package var slots: Int { hosts.map(\.facts.slots).reduce(0, +) }

  private mutating func admit(_ peer: Peer, _ facts: HostFacts, now: Double) -> [Effect] {
    guard facts.version == version else {
      return [
        .refuse(
          peer, exitCode: ExitCode.unavailable,
          sentence: "host \(facts.name) has tare \(facts.version), this is tare \(version); start the same version "
            + "everywhere")
      ]
    }
    if let index = hosts.firstIndex(where: { $0.peer == peer }) {
      hosts[index].lastHeard = now
      return tell(index, now: now)
    }
    var effects: [Effect] = []
    if let index = hosts.firstIndex(where: { $0.facts.name == facts.name }) {
      let other = hosts[index]
      if other.facts.incarnation == facts.incarnation {
        // The same agent over another address: it takes the first that answers, and another one when that falls silent.
        guard now - other.lastHeard > Timing.hostTakeover else { return [] }
        hosts[index].peer = peer
        hosts[index].lastHeard = now
        return tell(index, now: now)
      }
      guard now - other.lastHeard > Timing.hostTakeover else {
        return [
          .refuse(
            peer, exitCode: ExitCode.tryAgain,
            sentence: "there is a host \(facts.name) already; accepted: another name")
        ]
      }
      effects = lose(other.peer, "another agent took its place")
    }
    number += 1
    hosts.append(Host(peer: peer, facts: facts, number: number, lastHeard: now))
    hosts.sort { [order] a, b in Self.rank(a, in: order) < Self.rank(b, in: order) }
    expected.removeAll { $0 == facts.name }
    absences[facts.name] = nil
    restarts[facts.name] = nil
    effects.append(.joined(facts))
    let placed = place(now: now)
    // The first orders are the welcome, even where they are empty.
    guard let index = hosts.firstIndex(where: { $0.peer == peer }), hosts[index].lastTold < now else {
      return effects + placed
    }
    return effects + placed + tell(index, now: now)
  }

  private static func rank(_ host: Host, in order: [String]) -> Int {
    order.firstIndex(of: host.facts.name) ?? order.count
  }

  private mutating func note(_ report: HostReport, of peer: Peer, now: Double) -> [Effect] {
    guard let index = hosts.firstIndex(where: { $0.peer == peer }) else { return [] }
    hosts[index].lastHeard = now
    let ended = report.ended.filter { ending in hosts[index].processes.contains { $0.id == ending.id } }
    guard !ended.isEmpty else { return [] }
    let name = hosts[index].facts.name
    for ending in ended { drop(ending.id, at: index) }
    return ended.map { .ended(id: $0.id, how: "\($0.how), on host \(name)") } + tell(index, now: now) + place(now: now)
  }

  private mutating func remove(_ id: Int, now: Double) -> [Effect] {
    waiting.removeAll { $0.process.id == id }
    guard let index = hosts.firstIndex(where: { $0.processes.contains { $0.id == id } }) else { return [] }
    drop(id, at: index)
    return tell(index, now: now) + place(now: now)
  }

  private mutating func drop(_ id: Int, at index: Int) {
    hosts[index].processes.removeAll { $0.id == id }
    hosts[index].slotsTaken[id] = nil
    change(index)
  }

  private mutating func release(_ reservation: Int, now: Double) -> [Effect] {
    reservations[reservation] = nil
    waitingReservations.removeAll { $0 == reservation }
    for index in hosts.indices { hosts[index].slotsReserved[reservation] = nil }
    return place(now: now)
  }

  private mutating func place(now: Double) -> [Effect] {
    guard expected.isEmpty else { return [] }
    var changed: Set<Int> = []
    var left: [Request] = []
    for request in waiting {
      guard let index = host(for: request, now: now) else {
        left.append(request)
        continue
      }
      seats.insert(Seat(request.process))
      hosts[index].processes.append(request.process)
      hosts[index].slotsTaken[request.process.id] = request.slots
      change(index)
      changed.insert(index)
    }
    waiting = left
    return changed.sorted().flatMap { tell($0, now: now) } + endHopeless() + grant(now: now)
  }

  private mutating func grant(now: Double) -> [Effect] {
    var effects: [Effect] = []
    var left: [Int] = []
    for id in waitingReservations {
      let slots = reservations[id] ?? 0
      if let index = choice(slots: slots, now: now).first {
        hosts[index].slotsReserved[id] = slots
        effects.append(.reserved(id: id))
      } else if isClosed, !mayEverFit(slots) {
        reservations[id] = nil
        let widest = hosts.map(\.facts.slots).max() ?? 0
        let shortage = "a run takes \(counted(slots, "slot")), and no host has more than \(widest)"
        effects.append(.unreservable(id: id, why: explain(shortage)))
      } else {
        left.append(id)
      }
    }
    waitingReservations = left
    return effects
  }

  /// Whether a host has that many slots, free or not.
  private func mayEverFit(_ slots: Int) -> Bool { hosts.contains { $0.facts.slots >= slots } }

  /// Ends what waits for room that was never there. What has lost its host waits for another one, or for that one's return:
  /// others do its work meanwhile.
  private mutating func endHopeless() -> [Effect] {
    guard isClosed else { return [] }
    func isHopeless(_ request: Request) -> Bool {
      if seats.contains(Seat(request.process)) { return false }
      // Other runs will release theirs.
      guard let slots = request.reservation.flatMap({ reservations[$0] }) else { return true }
      return !mayEverFit(slots)
    }
    let hopeless = waiting.filter(isHopeless)
    waiting = waiting.filter { !isHopeless($0) }
    let taken = slots - hosts.map(\.freeSlots).reduce(0, +)
    let shortage =
      "no room: \(taken) of \(counted(slots, "slot")) on \(counted(hosts.count, "host")) \(taken == 1 ? "is" : "are") taken"
    return hopeless.map { .noRoom(id: $0.process.id, why: explain(shortage)) }
  }

  /// Why something finds no room, with what is wrong with each missing host.
  private func explain(_ shortage: String) -> String {
    let absent = absences.sorted { $0.key < $1.key }.map { "host \($0.key): \($0.value)" }
    return ([hosts.isEmpty ? "no host has joined" : shortage] + absent).joined(separator: "; ")
  }

  /// Workers fill the hosts one after another; servers, which take no slot, go where the fewest are. The processes of a
  /// reservation go where it is.
  private mutating func host(for request: Request, now: Double) -> Int? {
    if let reservation = request.reservation, let needed = reservations[reservation] {
      if let index = hosts.firstIndex(where: { $0.slotsReserved[reservation] != nil }) { return index }
      guard let index = choice(slots: needed, now: now).first else { return nil }
      hosts[index].slotsReserved[reservation] = needed
      return index
    }
    let choice = choice(slots: request.slots, now: now)
    return request.process.role == .worker ? choice.first : choice.min { hosts[$0].servers < hosts[$1].servers }
  }

  /// The hosts that have room. One that is silent is the last choice: it may be gone.
  private func choice(slots: Int, now: Double) -> [Int] {
    let fitting = hosts.indices.filter { hosts[$0].freeSlots >= slots }
    let lively = fitting.filter { now - hosts[$0].lastHeard < Timing.hostTakeover }
    return lively.isEmpty ? fitting : lively
  }

  private mutating func tick(now: Double) -> [Effect] {
    // A pool that was itself stopped, or is late, has not heard what was said meanwhile.
    if let lastTick, case let gap = now - lastTick, gap > Timing.coordinatorPause {
      for index in hosts.indices { hosts[index].lastHeard += gap }
    }
    lastTick = now
    let silent = hosts.filter { now - $0.lastHeard > Timing.hostLease }
    var effects = silent.flatMap { lose($0.peer, "no message for \(Int(Timing.hostLease)) s") }
    for (name, restart) in restarts.sorted(by: { $0.key < $1.key }) {
      guard let due = restart.due, due <= now else { continue }
      restarts[name]?.due = nil
      effects.append(.restart(name: name))
    }
    effects += place(now: now)
    for index in hosts.indices where now - hosts[index].lastTold >= Timing.hostReport {
      effects += tell(index, now: now)
    }
    return effects
  }

  /// Only an agent that was here once is started again: what failed at first would fail again.
  private mutating func miss(_ name: String, _ why: String, isSudden: Bool, now: Double) -> [Effect] {
    expected.removeAll { $0 == name }
    absences[name] = why
    let host = hosts.first { $0.facts.name == name }
    if isSudden, host != nil || restarts[name] != nil {
      var restart = restarts[name] ?? Restart()
      restart.due = now + restart.delay
      restart.delay = min(2 * restart.delay, Timing.agentRestartLimit)
      restarts[name] = restart
    } else {
      restarts[name] = nil
    }
    let lost = host.map { lose($0.peer, why) } ?? []
    return lost + place(now: now)
  }

  private mutating func lose(_ peer: Peer, _ why: String) -> [Effect] {
    guard let index = hosts.firstIndex(where: { $0.peer == peer }) else { return [] }
    let host = hosts.remove(at: index)
    let ended = host.processes.map { Effect.ended(id: $0.id, how: "host \(host.facts.name) was lost: \(why)") }
    return [.lost(name: host.facts.name, why: why)] + ended
  }

  /// The orders of a host have changed.
  private mutating func change(_ index: Int) {
    number += 1
    hosts[index].number = number
  }

  private mutating func tell(_ index: Int, now: Double) -> [Effect] {
    hosts[index].lastTold = now
    return [.orders(hosts[index].peer, HostOrders(number: hosts[index].number, processes: hosts[index].processes))]
  }
}
