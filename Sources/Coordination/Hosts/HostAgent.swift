import Failures
package import Parameters

/// The agent of one machine: it runs what the pool orders, reports what has ended, and leaves nothing behind. Events in, effects
/// out, no I/O. Time is a number of seconds that comes with each event and never falls.
///
/// The caller hands in every message of the pool and every end of a process, `tick` several times a second, and carries out the
/// effects in order. An agent that has returned `leave` returns nothing more; the caller then ends all processes.
package struct HostAgent: Sendable {
  package enum Event: Hashable, Sendable {
    case orders(HostOrders)
    /// The pool doesn't take this machine.
    case refused(exitCode: Int32, sentence: String)
    /// The pool needs no machines any more.
    case stopped(exitCode: Int32, sentence: String)
    /// A process has ended by itself.
    case ended(id: Int, how: String)
    case signaled(Int32)
    case tick
  }

  package enum Effect: Hashable, Sendable {
    case hello
    case start(HostedProcess)
    case end(id: Int)
    case report(HostReport)
    case leave(Departure)
  }

  private enum State: Hashable, Sendable { case joining, serving, over }

  private let pool: String
  private let joinDeadline: Double
  private let rejoinDeadline: Double
  private let start: Double
  private var state = State.joining
  private var orders = HostOrders(number: -1, processes: [])
  private var running: Set<Int> = []
  private var ended: [HostReport.Ending] = []
  /// The last refusal after which the agent may ask again.
  private var obstacle: Departure?
  private var lastSaid = -Double.infinity
  private var lastHeard: Double
  private var farewell: (signal: Int32, due: Double)?

  /// - Parameters:
  ///   - pool: its addresses, for messages to people.
  ///   - joinDeadline: seconds to wait for the first orders.
  ///   - rejoinDeadline: seconds of the pool's silence after which the agent gives up.
  package init(
    pool: String, joinDeadline: Double = Timing.joining, rejoinDeadline: Double = Timing.rejoining, now: Double
  ) {
    self.pool = pool
    self.joinDeadline = joinDeadline
    self.rejoinDeadline = rejoinDeadline
    start = now
    lastHeard = now
  }

  package mutating func handle(_ event: Event, now: Double) -> [Effect] {
    guard state != .over else { return [] }
    switch event {
    case .orders(let orders): return follow(orders, now: now)
    case .refused(let exitCode, let sentence):
      let refusal = Departure(.refused, exitCode, sentence)
      // The agent before this one may not be missed yet.
      guard exitCode == ExitCode.tryAgain, state == .joining else { return leave(refusal) }
      obstacle = refusal
      return []
    case .stopped(let exitCode, let sentence): return leave(Departure(.stopped, exitCode, sentence))
    case .ended(let id, let how): return note(HostReport.Ending(id: id, how: how), now: now)
    case .signaled(let signal): return note(signal, now: now)
    case .tick: return tick(now: now)
    }
  }

  private mutating func follow(_ orders: HostOrders, now: Double) -> [Effect] {
    lastHeard = now
    state = .serving
    guard orders.number > self.orders.number else { return [] }
    self.orders = orders
    let wanted = Set(orders.processes.map(\.id))
    let superfluous = running.subtracting(wanted).sorted()
    ended.removeAll { !wanted.contains($0.id) }
    let known = running.union(ended.map(\.id))
    let new = orders.processes.filter { !known.contains($0.id) }
    running = running.intersection(wanted).union(new.map(\.id))
    return superfluous.map(Effect.end) + new.map(Effect.start) + report(now: now)
  }

  private mutating func note(_ ending: HostReport.Ending, now: Double) -> [Effect] {
    guard running.remove(ending.id) != nil else { return [] }
    ended.append(ending)
    return report(now: now)
  }

  /// The signal may have reached the processes and the coordinator as well, which then needs them for the step and the
  /// checkpoint, and ends them by itself.
  private mutating func note(_ signal: Int32, now: Double) -> [Effect] {
    guard !running.isEmpty else { return leave(Self.departure(on: signal)) }
    if farewell == nil { farewell = (signal, now + Timing.farewell) }
    return []
  }

  private mutating func tick(now: Double) -> [Effect] {
    if let farewell, now >= farewell.due || running.isEmpty { return leave(Self.departure(on: farewell.signal)) }
    switch state {
    case .joining:
      guard now - start < joinDeadline else {
        return leave(
          obstacle
            ?? Departure(
              .unanswered, ExitCode.unavailable,
              "nobody who waits for hosts answered at \(pool) within \(Int(joinDeadline)) s; "
                + "the address or the key may be another run's"))
      }
      guard now - lastSaid >= Timing.retransmission else { return [] }
      lastSaid = now
      return [.hello]
    case .serving:
      guard now - lastHeard < rejoinDeadline else {
        return leave(
          Departure(
            .coordinatorSilent, ExitCode.unavailable, "\(pool) has been silent for \(Int(rejoinDeadline)) s"))
      }
      guard now - lastSaid >= Timing.hostReport else { return [] }
      // Who has lost this machine welcomes it again.
      return (now - lastHeard > Timing.hostSilence ? [.hello] : []) + report(now: now)
    case .over: return []
    }
  }

  private mutating func report(now: Double) -> [Effect] {
    lastSaid = now
    return [.report(HostReport(number: orders.number, ended: ended))]
  }

  private static func departure(on signal: Int32) -> Departure {
    Departure(.signaled, ExitCode.stopped(by: signal), "stopped by signal \(signal)")
  }

  private mutating func leave(_ departure: Departure) -> [Effect] {
    state = .over
    return [.leave(departure)]
  }
}
