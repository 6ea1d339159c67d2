import Failures

/// A member's connection to its coordinator, from the first hello to the end: events in, effects out, no I/O. Time is a
/// number of seconds that comes with each event and never falls.
///
/// The caller hands in every message of the coordinator, and `tick` after each batch of messages and several times a
/// second; it carries out the effects in order. A session that has returned `leave` or `newLife` returns nothing more.
package struct MemberSession: Sendable {
  private enum State: Hashable, Sendable { case joining, joined, over }

  /// The generation of the orders followed last; 0 before the first.
  package private(set) var generation: UInt64 = 0
  /// How often each guard has refused an event.
  package internal(set) var refused: [SessionGuard: Int] = [:]

  private let coordinator: String
  private let deadline: Double
  private let rejoinDeadline: Double
  private let start: Double
  private var state = State.joining
  /// The last refusal after which the member may ask again.
  private var obstacle: Departure?
  private var lastHello = -Double.infinity
  /// When the member last said that it is ready; `nil` before it is.
  private var lastReady: Double?
  private var lastPulse = Pulse()
  private var lastHeartbeat = -Double.infinity
  private var lastHeard: Double
  private var lastTick: Double
  /// The signal that asked the member to leave, and when it does so by itself.
  private var farewell: (signal: Int32, due: Double)?

  /// - Parameters:
  ///   - coordinator: its address, for messages to people.
  ///   - deadline: seconds to wait for a place in the run.
  ///   - rejoinDeadline: seconds of the coordinator's silence after which the member leaves.
  package init(
    coordinator: String, deadline: Double = Timing.joining, rejoinDeadline: Double = Timing.coordinatorSilence,
    now: Double
  ) {
    self.coordinator = coordinator
    self.deadline = deadline
    self.rejoinDeadline = rejoinDeadline
    start = now
    lastHeard = now
    lastTick = now
  }

  package mutating func handle(_ event: Event, now: Double) -> [Effect] {
    switch state {
    case .joining: return join(event, now: now)
    case .joined: return takePart(event, now: now)
    case .over: return refuse(.afterEnd)
    }
  }

  private mutating func join(_ event: Event, now: Double) -> [Effect] {
    switch event {
    case .welcomed(let member):
      state = .joined
      (lastHeard, lastTick) = (now, now)
      return [.begin(member)]
    case .refused(let exitCode, let sentence):
      let refusal = Departure(.refused, exitCode, sentence)
      guard exitCode == ExitCode.tryAgain else { return leave(refusal) }
      obstacle = refusal
      return []
    case .stopped(let exitCode, let sentence): return leave(Departure(.stopped, exitCode, sentence))
    case .failed(let exitCode, let sentence): return leave(Departure(.failed, exitCode, sentence))
    case .signaled(let signal): return leave(Self.departure(on: signal))
    case .tick:
      guard now - start < deadline else { return leave(obstacle ?? unanswered) }
      guard now - lastHello >= Timing.retransmission else { return [] }
      lastHello = now
      return [.hello]
    case .rejoin, .orders, .heard, .ready: return refuse(.beforeWelcome)
    }
  }

  private mutating func takePart(_ event: Event, now: Double) -> [Effect] {
    switch event {
    case .welcomed, .refused:
      lastHeard = now
      return refuse(.repeatedAnswer)
    case .heard:
      lastHeard = now
      return []
    case .orders(let generation):
      lastHeard = now
      return follow(generation)
    case .rejoin:
      state = .over
      return [.newLife]
    case .stopped(let exitCode, let sentence): return leave(Departure(.stopped, exitCode, sentence))
    case .failed(let exitCode, let sentence):
      return [.failed(exitCode: exitCode, sentence: sentence)] + leave(Departure(.failed, exitCode, sentence))
    case .signaled(let signal): return note(signal, now: now)
    case .ready:
      lastReady = now
      return [.ready]
    case .tick(let pulse): return tick(pulse, now: now)
    }
  }

  private mutating func follow(_ generation: UInt64) -> [Effect] {
    guard generation >= self.generation else { return refuse(.olderGeneration) }
    guard generation > self.generation else { return [.follow] }
    self.generation = generation
    return [.enter(generation: generation), .follow]
  }

  /// A signal may have reached the coordinator as well, which then needs its members for the step and the checkpoint and
  /// says stop. A member without orders has nothing that anybody needs.
  private mutating func note(_ signal: Int32, now: Double) -> [Effect] {
    guard generation > 0 else { return leave(Self.departure(on: signal)) }
    guard farewell == nil else { return refuse(.repeatedSignal) }
    farewell = (signal, now + Timing.farewell)
    return []
  }

  private static func departure(on signal: Int32) -> Departure {
    Departure(.signaled, ExitCode.stopped(by: signal), "stopped by signal \(signal)")
  }

  private mutating func tick(_ pulse: Pulse, now: Double) -> [Effect] {
    if now - lastTick > Timing.memberPause {
      _ = refuse(.ownPause)
      lastHeard = now
    }
    lastTick = now
    if let farewell, now >= farewell.due {
      let departure = Self.departure(on: farewell.signal)
      return [.failed(exitCode: ExitCode.unavailable, sentence: departure.sentence)] + leave(departure)
    }
    guard now - lastHeard <= rejoinDeadline else {
      // Without a word: a coordinator that was only paused must not take this for a failure that ends the run.
      return leave(
        Departure(
          .coordinatorSilent, ExitCode.unavailable,
          "the coordinator has been silent for \(Int(rejoinDeadline)) s"))
    }
    var effects: [Effect] = []
    let isNew = (pulse.generation, pulse.orders) != (lastPulse.generation, lastPulse.orders)
    // Also beside other messages: they don't tell how far the member is.
    if isNew || now - lastHeartbeat >= Timing.heartbeat {
      (lastPulse, lastHeartbeat) = (pulse, now)
      effects.append(.heartbeat(pulse))
    }
    if generation == 0, let last = lastReady, now - last >= Timing.retransmission {
      lastReady = now
      effects.append(.ready)
    }
    return effects
  }

  private var unanswered: Departure {
    Departure(
      .unanswered, ExitCode.unavailable,
      "no coordinator answered at \(coordinator) within \(Int(deadline)) s; "
        + "the address or the key may be another run's")
  }

  private mutating func leave(_ departure: Departure) -> [Effect] {
    state = .over
    return [.leave(departure)]
  }
}
