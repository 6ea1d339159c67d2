import Coordination
import Failures
import Launching
import Messages
import Parameters
import RunDefinition
import Synchronization
package import Transport
package import ZeroMQ

/// A server's or worker's place in a run: `MemberSession` over a connection to the coordinator.
package final class Membership {
  let member: Member
  let definition: RunDefinition
  package let connection: Connection
  /// What its connections to servers show.
  let badge: UInt64
  /// Whether the process has no other task.
  private let hasProcess: Bool
  /// What its threads do, where the coordinator asks for it.
  let trace: MemberTrace?
  /// Of the coordinator's heartbeats.
  private var lag = LeastLag()
  /// Of its connections to others, as of the last heartbeat that was due.
  private var traffic = Statistics()
  private let token: UInt64
  private var session: MemberSession
  private var ready: Ready?
  private var isAskedToLeave = false
  private var breaks = Signals.breaks.load(ordering: .relaxed)

  /// A message of the coordinator that the role has to act on.
  package struct Instruction {
    package let received: Received
    /// Whether these are the first orders of a generation.
    package let beginsGeneration: Bool
  }

  /// - Parameter token: the run's, in every envelope.
  init(
    _ member: Member, of definition: RunDefinition, over connection: Connection, token: UInt64, badge: UInt64,
    session: MemberSession, hasProcess: Bool, isTraced: Bool
  ) {
    trace = isTraced ? MemberTrace() : nil
    self.hasProcess = hasProcess
    self.member = member
    self.definition = definition
    self.connection = connection
    self.token = token
    self.badge = badge
    self.session = session
  }

  /// Takes part in the run, in one life after another, until the coordinator says stop.
  ///
  /// - Parameter role: one life; it ends by throwing.
  /// - Throws: `RunError` for every end but a good one.
  package static func live(
    _ invitation: Invitation, in context: Context, _ role: (Membership) throws -> Never
  ) throws {
    var invitation = invitation
    do {
      while true {
        let membership = try join(invitation, in: context)
        defer { membership.sendSpans() }
        do {
          try role(membership)
        } catch is LeaseEnded {
          // Declared failed, and replaced: a new life has nothing to undo.
          invitation.incarnation = 0
        } catch let departed as Departed {
          throw departed
        } catch {
          let error = RunError(error)
          try membership.handle(.failed(exitCode: error.exitCode, sentence: error.description))
          throw error
        }
      }
    } catch let departed as Departed {
      let departure = departed.departure
      guard departure.cause == .stopped, departure.exitCode == ExitCode.done else {
        throw RunError(departure.exitCode, departure.sentence)
      }
    }
  }

  /// Tells the coordinator that everything is in place; the session repeats it until there are orders.
  func tell(_ ready: Ready) throws {
    self.ready = ready
    try handle(.ready)
  }

  /// Sends a message, if the queue has room. What is lost here or later is asked for again.
  func tell(_ message: Message, generation: UInt64 = 0) throws {
    _ = try connection.send(Envelope(session: token, generation: generation, message: message))
  }

  func tell<Scalar: KernelScalar>(_ message: Message, generation: UInt64, payload: Buffer<Scalar>) throws {
    _ = try connection.send(Envelope(session: token, generation: generation, message: message), payload: payload)
  }

  /// The coordinator's next message; orders only if they are to be followed.
  ///
  /// - Throws: `Departed` or `LeaseEnded` if it ends this life.
  package func next() throws -> Instruction? {
    while let received = try connection.receive() {
      if case .heartbeat(let heartbeat) = received.envelope.message {
        lag.add(sent: heartbeat.clock, at: Clock.ofMachine)
      }
      let event = MemberSession.Event(received.envelope, to: member.role)
      let effects = try handle(event)
      if case .orders = event, !effects.contains(.follow) { continue }
      let beginsGeneration = effects.contains { if case .enter = $0 { true } else { false } }
      if beginsGeneration, hasProcess { ProcessLog.note { $0.generation = received.envelope.generation } }
      return Instruction(received: received, beginsGeneration: beginsGeneration)
    }
    return nil
  }

  /// Sends what is due; to be called in each turn of the role's loop, after all messages have been taken in.
  ///
  /// - Parameter traffic: of the member's connections to others, since the life began; only read for a heartbeat.
  /// - Throws: `Departed` if the coordinator has been silent for too long.
  func keepAlive(_ pulse: Pulse, traffic: @autoclosure () -> Statistics) throws {
    if !isAskedToLeave, let signal = Self.farewell {
      isAskedToLeave = true
      try handle(.signaled(signal))
    }
    try handle(.tick(pulse), traffic: { traffic() })
  }

  /// The signal that asks this process to leave.
  static var farewell: Int32? {
    let signal = Signals.farewell.load(ordering: .relaxed)
    return signal == 0 ? nil : signal
  }

  /// Whether a drill wants every connection broken, this one included, which it is then.
  func breaksConnections() throws -> Bool {
    let wanted = Signals.breaks.load(ordering: .relaxed)
    guard wanted != breaks else { return false }
    breaks = wanted
    try connection.reconnect()
    return true
  }

  /// A trace that does not arrive must not hide how the member ends.
  private func sendSpans() {
    for spans in trace?.messages(leastLag: lag.value) ?? [] { try? tell(.spans(spans)) }
  }

  @discardableResult private func handle(
    _ event: MemberSession.Event, traffic current: () -> Statistics? = { nil }
  ) throws -> [MemberSession.Effect] {
    let effects = session.handle(event, now: Clock.now)
    for effect in effects {
      switch effect {
      case .ready: if let ready { try tell(.ready(ready)) }
      case .heartbeat(let pulse):
        traffic = current() ?? traffic
        let total = traffic + connection.statistics
        let heartbeat = Heartbeat(
          progress: pulse.progress, orders: pulse.orders, pending: pulse.pending, refused: pulse.refused,
          clock: Clock.ofMachine, receivedBytes: total.receivedBytes, sentBytes: total.sentBytes)
        try tell(.heartbeat(heartbeat), generation: pulse.generation)
      case .failed(let exitCode, let sentence):
        try? tell(.failed(Failed(exitCode: Int(exitCode), sentence: sentence, step: 0, layer: "")))
      case .newLife: throw LeaseEnded()
      case .leave(let departure): throw Departed(departure)
      // Of joining, and of orders, which the caller follows.
      case .hello, .begin, .enter, .follow: continue
      }
    }
    return effects
  }
}

/// The member leaves the run.
struct Departed: Error {
  let departure: Departure

  init(_ departure: Departure) { self.departure = departure }
}

/// The coordinator had declared the member failed.
private struct LeaseEnded: Error {}
