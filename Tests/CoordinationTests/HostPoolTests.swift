import Coordination
import Parameters
import Testing

/// What runs where, among hosts that come and go.
@Suite("Pool of hosts")
struct HostPoolTests {
  private typealias Pool = HostPool<String>

  private static func facts(_ name: String, slots: Int = 2, version: String = "1", incarnation: UInt64 = 1) -> HostFacts
  {
    HostFacts(
      name: name, incarnation: incarnation, slots: slots, cores: 2, memory: 1, isa: "plain", version: version,
      address: "10.0.0.1")
  }

  private static func process(_ id: Int, _ role: HostedProcess.Role = .worker) -> HostedProcess {
    HostedProcess(id: id, role: role, rank: id, incarnation: 1, port: 1, key: "k")
  }

  /// What runs on each host, by the orders sent last.
  private static func placed(_ pool: Pool) -> [String: [Int]] {
    Dictionary(uniqueKeysWithValues: pool.hosts.map { ($0.facts.name, $0.processes.map(\.id)) })
  }

  private static func pool(_ names: String...) -> Pool {
    var pool = Pool(expecting: names, version: "1")
    for name in names { _ = pool.handle(.hello(name, facts(name)), now: 0) }
    return pool
  }

  @Test("workers fill hosts in the order of the list, whichever joins first; servers spread and take no slot")
  func placement() {
    var pool = Pool(expecting: ["a", "b"], version: "1")
    for id in 0..<3 { #expect(pool.handle(.place(Self.process(id), slots: 1), now: 0).isEmpty) }
    for id in 10..<12 { _ = pool.handle(.place(Self.process(id, .server), slots: 0), now: 0) }
    // The first to come waits for the other.
    #expect(
      pool.handle(.hello("b", Self.facts("b")), now: 0)
        == [.joined(Self.facts("b")), .orders("b", HostOrders(number: 1, processes: []))])
    _ = pool.handle(.hello("a", Self.facts("a")), now: 0)
    #expect(Self.placed(pool) == ["a": [0, 1, 10], "b": [2, 11]])
    #expect(pool.hosts.map(\.freeSlots) == [0, 1])
  }

  @Test("a process that has ended frees its slots and is reported once, with its host")
  func ending() {
    var pool = Self.pool("a")
    _ = pool.handle(.place(Self.process(7), slots: 2), now: 0)
    let report = HostReport(number: 2, ended: [.init(id: 7, how: "signal 9")])
    let effects = pool.handle(.report("a", report), now: 1)
    #expect(effects.first == .ended(id: 7, how: "signal 9, on host a"))
    #expect(pool.hosts[0].freeSlots == 2 && pool.hosts[0].processes.isEmpty)
    #expect(pool.handle(.report("a", report), now: 1).isEmpty)
    #expect(pool.handle(.report("stranger", report), now: 1).isEmpty)
  }

  @Test("a silent host is lost with what runs on it, which then runs elsewhere")
  func loss() {
    var pool = Self.pool("a", "b")
    for id in 0..<2 { _ = pool.handle(.place(Self.process(id), slots: 1), now: 0) }
    _ = pool.handle(.report("b", HostReport(number: 1, ended: [])), now: Timing.hostLease + 1)
    let effects = pool.handle(.tick, now: Timing.hostLease + 1)
    let why = "no message for \(Int(Timing.hostLease)) s"
    #expect(
      effects.prefix(3) == [
        .lost(name: "a", why: why), .ended(id: 0, how: "host a was lost: \(why)"),
        .ended(id: 1, how: "host a was lost: \(why)"),
      ])
    _ = pool.handle(.place(Self.process(2), slots: 1), now: Timing.hostLease + 1)
    #expect(Self.placed(pool) == ["b": [2]])
  }

  @Test("a pool that was stopped for longer than a lease loses nobody; then a silent host is lost as ever")
  func ownPause() {
    var pool = Self.pool("a")
    _ = pool.handle(.tick, now: 0)
    let back = 3 * Timing.hostLease
    #expect(pool.handle(.tick, now: back).allSatisfy { if case .lost = $0 { false } else { true } })
    var now = back
    var lostAt: Double?
    while lostAt == nil, now < back + 2 * Timing.hostLease {
      now += 0.25
      if pool.handle(.tick, now: now).contains(where: { if case .lost = $0 { true } else { false } }) { lostAt = now }
    }
    #expect(abs((lostAt ?? 0) - (back + Timing.hostLease)) < 1)
  }

  @Test("one that comes back is told to run what is wanted now, with a number above all that it knows")
  func returning() {
    var pool = Self.pool("a", "b")
    _ = pool.handle(.place(Self.process(0), slots: 1), now: 0)
    let last = pool.hosts.map { $0.processes.count }.reduce(0, +) + 2
    _ = pool.handle(.report("b", HostReport(number: 1, ended: [])), now: 11)
    _ = pool.handle(.tick, now: 11)
    let effects = pool.handle(.hello("a", Self.facts("a")), now: 12)
    guard case .orders("a", let orders)? = effects.last else {
      Issue.record("\(effects)")
      return
    }
    #expect(orders.processes.isEmpty && orders.number > last)
  }

  @Test("another version, and a second host of one name, are refused by name")
  func refusals() {
    var pool = Self.pool("a")
    guard
      case .refuse("c", exitCode: 69, let sentence)? = pool.handle(.hello("c", Self.facts("c", version: "2")), now: 0)
        .first
    else {
      Issue.record("it was not refused")
      return
    }
    #expect(sentence.contains("host c has tare 2, this is tare 1"))
    #expect(
      pool.handle(.hello("other", Self.facts("a", incarnation: 2)), now: 1)
        == [.refuse("other", exitCode: 75, sentence: "there is a host a already; accepted: another name")])
    // Once the first is silent, its place is free.
    let effects = pool.handle(.hello("other", Self.facts("a", incarnation: 2)), now: 1 + Timing.hostTakeover + 1)
    #expect(effects.first == .lost(name: "a", why: "another agent took its place"))
    #expect(pool.hosts.map(\.peer) == ["other"])
  }

  @Test("one agent that reaches the pool over two addresses is one host; the second address is a way back")
  func twoAddresses() {
    var pool = Self.pool("a")
    #expect(pool.handle(.hello("a over another address", Self.facts("a")), now: 1).isEmpty)
    #expect(pool.hosts.map(\.peer) == ["a"])
    let effects = pool.handle(.hello("a over another address", Self.facts("a")), now: Timing.hostTakeover + 1)
    #expect(effects.count == 1 && pool.hosts.map(\.peer) == ["a over another address"])
  }

  @Test("what finds no room on the machines of a list ends with the reason; a pool that is open waits")
  func noRoom() {
    var pool = Pool(expecting: ["a", "b"], version: "1")
    _ = pool.handle(.hello("a", Self.facts("a", slots: 1)), now: 0)
    _ = pool.handle(.absent(name: "b", why: "exit code 255: no route"), now: 0)
    _ = pool.handle(.place(Self.process(0), slots: 1), now: 0)
    #expect(
      pool.handle(.place(Self.process(1), slots: 1), now: 0)
        == [.noRoom(id: 1, why: "no room: 1 of 1 slot on 1 host is taken; host b: exit code 255: no route")])
    var open = Pool(version: "1")
    #expect(open.handle(.place(Self.process(0), slots: 1), now: 0).isEmpty)
    _ = open.handle(.hello("a", Self.facts("a")), now: 5)
    #expect(Self.placed(open) == ["a": [0]])
  }

  @Test("a reservation keeps all processes of a run on one host, and another run waits until it is released")
  func reservations() {
    var pool = Self.pool("a", "b")
    #expect(pool.handle(.reserve(id: 100, slots: 2), now: 0) == [.reserved(id: 100)])
    #expect(pool.handle(.reserve(id: 101, slots: 1), now: 0) == [.reserved(id: 101)])
    #expect(pool.handle(.reserve(id: 102, slots: 2), now: 0).isEmpty)
    for id in 0..<2 { _ = pool.handle(.place(Self.process(id), slots: 1, reservation: 100), now: 0) }
    _ = pool.handle(.place(Self.process(2, .server), slots: 0, reservation: 100), now: 0)
    _ = pool.handle(.place(Self.process(3), slots: 1, reservation: 101), now: 0)
    _ = pool.handle(.place(Self.process(4, .server), slots: 0, reservation: 101), now: 0)
    #expect(Self.placed(pool) == ["a": [0, 1, 2], "b": [3, 4]])
    #expect(pool.hosts.map(\.freeSlots) == [0, 1])
    #expect(pool.handle(.release(reservation: 100), now: 0) == [.reserved(id: 102)])
  }

  @Test("when a reservation's host is lost, the run's processes go to another host together, before runs that wait")
  func lostReservation() {
    var pool = Self.pool("a", "b")
    _ = pool.handle(.reserve(id: 100, slots: 2), now: 0)
    _ = pool.handle(.reserve(id: 101, slots: 2), now: 0)
    _ = pool.handle(.reserve(id: 102, slots: 2), now: 0)
    _ = pool.handle(.place(Self.process(0), slots: 1, reservation: 100), now: 0)
    _ = pool.handle(.absent(name: "a", why: "gone"), now: 1)
    _ = pool.handle(.place(Self.process(1), slots: 1, reservation: 100), now: 1)
    _ = pool.handle(.place(Self.process(2, .server), slots: 0, reservation: 100), now: 1)
    #expect(Self.placed(pool) == ["b": []])
    #expect(pool.handle(.release(reservation: 101), now: 2).allSatisfy { $0 != .reserved(id: 102) })
    #expect(Self.placed(pool) == ["b": [1, 2]])
    #expect(pool.handle(.release(reservation: 100), now: 3).contains(.reserved(id: 102)))
  }

  @Test("the agent of a host that was here is started again, later after each failure, and what left by itself is not")
  func restarts() {
    var pool = Self.pool("a", "b")
    func isRestarted(at now: Double) -> Bool { pool.handle(.tick, now: now).contains(.restart(name: "a")) }
    _ = pool.handle(.tick, now: 0)
    var now = 1.0
    for delay in [2.0, 4, 8, 16, 32, 60, 60] {
      _ = pool.handle(.absent(name: "a", why: "exit code 255", isSudden: true), now: now)
      #expect(!isRestarted(at: now + delay - 0.1) && isRestarted(at: now + delay), "\(delay)")
      #expect(!isRestarted(at: now + delay + 100), "once")
      now += delay + 100
    }
    _ = pool.handle(.hello("a again", Self.facts("a", incarnation: 2)), now: now)
    _ = pool.handle(.absent(name: "a", why: "exit code 255", isSudden: true), now: now)
    #expect(isRestarted(at: now + 2))
    _ = pool.handle(.absent(name: "a", why: "exit code 143"), now: now + 3)
    #expect(!isRestarted(at: now + 1000))
    // One that was never here.
    var other = Pool(expecting: ["a"], version: "1")
    _ = other.handle(.absent(name: "a", why: "exit code 255", isSudden: true), now: 1)
    #expect(other.handle(.tick, now: 100).isEmpty)
  }

  @Test("a run that is wider than every machine of a list is refused with the widest")
  func tooWide() {
    var pool = Self.pool("a", "b")
    #expect(
      pool.handle(.reserve(id: 100, slots: 3), now: 0)
        == [.unreservable(id: 100, why: "a run takes 3 slots, and no host has more than 2")])
  }

  @Test("what had room once, and has none after a host was lost, waits for a host instead of failing the run")
  func noRoomLeft() {
    var pool = Self.pool("a", "b")
    for id in 0..<4 { _ = pool.handle(.place(Self.process(id), slots: 1), now: 0) }
    _ = pool.handle(.absent(name: "b", why: "gone"), now: 1)
    let again = HostedProcess(id: 4, role: .worker, rank: 2, incarnation: 2, port: 1, key: "k")
    #expect(pool.handle(.place(again, slots: 1), now: 1).isEmpty)
    #expect(Self.placed(pool) == ["a": [0, 1]])
    // Who never had room has none now.
    #expect(pool.handle(.place(Self.process(9), slots: 1), now: 1).count == 1)
    _ = pool.handle(.hello("b again", Self.facts("b", incarnation: 2)), now: 2)
    #expect(Self.placed(pool) == ["a": [0, 1], "b": [4]])
  }

  @Test("what is no longer wanted leaves the orders, or never enters them")
  func removal() {
    var pool = Self.pool("a")
    for id in 0..<3 { _ = pool.handle(.place(Self.process(id), slots: 1), now: 0) }
    let before = Self.placed(pool)
    #expect(before == ["a": [0, 1]])
    #expect(pool.handle(.remove(id: 9), now: 0).isEmpty)
    guard case .orders("a", let orders)? = pool.handle(.remove(id: 0), now: 0).first else {
      Issue.record("there are no orders")
      return
    }
    #expect(orders.processes.map(\.id) == [1])
  }
}
