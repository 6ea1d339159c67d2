import Coordination
import Failures
import Testing

@Suite("MemberSession")
struct MemberSessionTests {
  private static let me = Member(.worker, 3)

  private static func joined(at now: Double = 0) -> MemberSession {
    var session = MemberSession(coordinator: "tcp://host:1", deadline: 20, now: now)
    _ = session.handle(.tick(Pulse()), now: now)
    #expect(session.handle(.welcomed(me), now: now) == [.begin(me)])
    return session
  }

  /// Effects of ticks every tenth of a second, with their times.
  private static func effects(
    of session: inout MemberSession, _ tenths: ClosedRange<Int>, pulse: Pulse = Pulse()
  ) -> [(time: Double, effect: MemberSession.Effect)] {
    tenths.flatMap { tenth in
      let time = Double(tenth) / 10
      return session.handle(.tick(pulse), now: time).map { (time, $0) }
    }
  }

  @Test("says hello at once and then every second until it is welcomed")
  func hello() {
    var session = MemberSession(coordinator: "tcp://host:1", deadline: 20, now: 0)
    #expect(Self.effects(of: &session, 0...25).map(\.time) == [0, 1, 2])
    #expect(session.handle(.welcomed(Self.me), now: 2.6) == [.begin(Self.me)])
    let after = Self.effects(of: &session, 27...60).map(\.effect)
    #expect(!after.contains(.hello) && after.contains(.heartbeat(Pulse())))
    #expect(session.handle(.welcomed(Self.me), now: 7) == [], "a welcome that comes twice begins nothing")
  }

  @Test("asks again after a refusal that says so, leaves after any other")
  func refusals() {
    var session = MemberSession(coordinator: "tcp://host:1", deadline: 20, now: 0)
    #expect(session.handle(.tick(Pulse()), now: 0) == [.hello])
    #expect(session.handle(.refused(exitCode: ExitCode.tryAgain, sentence: "worker 3 has joined"), now: 0.1) == [])
    #expect(Self.effects(of: &session, 1...12).map(\.effect) == [.hello])
    let refused = Departure(.refused, 69, "another run")
    #expect(session.handle(.refused(exitCode: 69, sentence: "another run"), now: 1.3) == [.leave(refused)])
    #expect(session.handle(.welcomed(Self.me), now: 1.4) == [], "it is over")
  }

  @Test("gives up at the deadline, and names the last obstacle or the address that does not answer")
  func deadline() {
    var silent = MemberSession(coordinator: "tcp://host:1", deadline: 20, now: 100)
    #expect(silent.handle(.tick(Pulse()), now: 119.9) == [.hello])
    guard case .leave(let departure) = silent.handle(.tick(Pulse()), now: 120).first else {
      Issue.record("it stays")
      return
    }
    #expect(departure.cause == .unanswered && departure.exitCode == 69)
    #expect(departure.sentence.contains("tcp://host:1 within 20 s"))
    var refused = MemberSession(coordinator: "tcp://host:1", deadline: 20, now: 0)
    _ = refused.handle(.refused(exitCode: ExitCode.tryAgain, sentence: "worker 3 has joined"), now: 1)
    #expect(refused.handle(.tick(Pulse()), now: 20) == [.leave(Departure(.refused, 75, "worker 3 has joined"))])
  }

  @Test("says that it is ready at once and then every second until there are orders")
  func ready() {
    var session = Self.joined()
    #expect(Self.effects(of: &session, 1...20).allSatisfy { $0.effect != .ready }, "it is not ready yet")
    #expect(session.handle(.ready, now: 2) == [.ready])
    #expect(Self.effects(of: &session, 21...45).filter { $0.effect == .ready }.map(\.time) == [3, 4])
    #expect(session.handle(.orders(generation: 7), now: 4.5) == [.enter(generation: 7), .follow])
    #expect(!Self.effects(of: &session, 46...90).contains { $0.effect == .ready })
  }

  @Test("sends a heartbeat every quarter of a second, and at once when it follows other orders")
  func heartbeats() {
    var session = Self.joined()
    let first = Self.effects(of: &session, 0...10)
    #expect(first.map(\.time) == [0, 0.3, 0.6, 0.9])
    for pulse in [Pulse(generation: 1), Pulse(generation: 1, orders: 2)] {
      #expect(session.handle(.tick(pulse), now: 1) == [.heartbeat(pulse)])
      #expect(session.handle(.tick(pulse), now: 1.1) == [])
    }
    // Progress alone can wait.
    let farther = Pulse(generation: 1, orders: 2, progress: 5)
    #expect(session.handle(.tick(farther), now: 1.2) == [])
    #expect(session.handle(.tick(farther), now: 1.25) == [.heartbeat(farther)])
  }

  @Test("follows orders of its generation, enters later ones, and drops earlier ones")
  func fence() {
    var session = Self.joined()
    #expect(session.handle(.orders(generation: 2), now: 1) == [.enter(generation: 2), .follow])
    #expect(session.handle(.orders(generation: 2), now: 1) == [.follow])
    #expect(session.handle(.orders(generation: 1), now: 1) == [])
    #expect(session.generation == 2)
    #expect(session.handle(.orders(generation: 5), now: 1) == [.enter(generation: 5), .follow])
  }

  @Test("leaves a coordinator that has been silent for ten seconds, without a word to it")
  func silence() {
    var session = Self.joined()
    #expect(session.handle(.heard, now: 3) == [])
    let effects = Self.effects(of: &session, 1...200)
    #expect(!effects.contains { if case .failed = $0.effect { true } else { false } })
    guard case .leave(let departure) = effects.last?.effect else {
      Issue.record("it stays")
      return
    }
    #expect(departure.cause == .coordinatorSilent && departure.sentence == "the coordinator has been silent for 10 s")
    #expect(effects.last?.time == 13.1, "nothing comes after it has left")
  }

  @Test("any message of the coordinator is a sign of life")
  func signs() {
    for event in [
      MemberSession.Event.heard, .orders(generation: 1), .welcomed(Self.me), .refused(exitCode: 69, sentence: ""),
    ] {
      var session = Self.joined()
      _ = Self.effects(of: &session, 1...90)
      _ = session.handle(event, now: 9)
      #expect(!Self.effects(of: &session, 91...189).contains { if case .leave = $0.effect { true } else { false } })
    }
  }

  @Test("after a pause of its own it waits for the coordinator anew")
  func pause() {
    var session = Self.joined()
    _ = Self.effects(of: &session, 1...10)
    #expect(session.handle(.tick(Pulse()), now: 40) == [.heartbeat(Pulse())])
    #expect(Self.effects(of: &session, 401...500).allSatisfy { if case .leave = $0.effect { false } else { true } })
    #expect(session.handle(.tick(Pulse()), now: 50.1).count == 1)
  }

  @Test("begins a new life when its place was given away; a stop or a failure of its own ends it")
  func ends() {
    var replaced = Self.joined()
    #expect(replaced.handle(.rejoin, now: 1) == [.newLife])
    #expect(replaced.handle(.tick(Pulse()), now: 2) == [])
    var stopped = Self.joined()
    #expect(stopped.handle(.stopped(exitCode: 0, sentence: "done"), now: 1) == [.leave(Departure(.stopped, 0, "done"))])
    var failed = Self.joined()
    #expect(
      failed.handle(.failed(exitCode: 65, sentence: "bad images"), now: 1)
        == [.failed(exitCode: 65, sentence: "bad images"), .leave(Departure(.failed, 65, "bad images"))])
    var early = MemberSession(coordinator: "tcp://host:1", deadline: 20, now: 0)
    #expect(early.handle(.rejoin, now: 0) == [])
    #expect(early.handle(.stopped(exitCode: 69, sentence: "over"), now: 0) == [.leave(Departure(.stopped, 69, "over"))])
  }

  @Test("a signal is left to the coordinator while it lives and the member has orders, and for so long")
  func signaled() {
    let departure = Departure(.signaled, 143, "stopped by signal 15")
    var joining = MemberSession(coordinator: "tcp://host:1", deadline: 20, now: 0)
    #expect(joining.handle(.signaled(15), now: 1) == [.leave(departure)])
    var waiting = Self.joined()
    #expect(waiting.handle(.signaled(15), now: 1) == [.leave(departure)], "nobody needs a member without orders")

    func busy() -> MemberSession {
      var session = Self.joined()
      _ = session.handle(.orders(generation: 3), now: 1)
      #expect(session.handle(.signaled(15), now: 2) == [])
      #expect(session.handle(.signaled(1), now: 3) == [], "the first counts")
      return session
    }
    var stopped = busy()
    #expect(stopped.handle(.orders(generation: 3), now: 4) == [.follow], "the step is finished")
    let end = Departure(.stopped, 143, "interrupted by signal 15")
    #expect(stopped.handle(.stopped(exitCode: 143, sentence: end.sentence), now: 5) == [.leave(end)])

    var left = busy()
    var effects: [(time: Double, effect: MemberSession.Effect)] = []
    for tenth in 31...500 {
      _ = left.handle(.heard, now: Double(tenth) / 10)
      effects += Self.effects(of: &left, tenth...tenth)
    }
    #expect(
      effects.suffix(2).map(\.effect) == [.failed(exitCode: 69, sentence: departure.sentence), .leave(departure)])
    #expect(effects.last?.time == 2 + Timing.farewell)

    var orphaned = busy()
    let last = Self.effects(of: &orphaned, 31...500).last
    #expect(last?.effect == .leave(Departure(.coordinatorSilent, 69, "the coordinator has been silent for 10 s")))
  }
}
