import Coordination
import Failures
import Foundation
import Launching
import Messages
import Parameters
import RunDefinition
import Specification
import Synchronization
import Transport
import ZeroMQ

/// A server's or worker's place in a run: the connection to the coordinator, and the signs of life on it.
package final class Membership {
  let member: Member
  let definition: RunDefinition
  let connection: Connection
  private let session: UInt64
  private var lastPulse = Pulse()
  private var ready: Ready?
  private var breaks = Signals.breaks.load(ordering: .relaxed)
  private var lastReady = 0.0
  private var lastHeard = Clock.now
  private var lastBeat = 0.0
  private var lastLooked = Clock.now

  /// Lives one life after another, until the coordinator says stop.
  ///
  /// - Parameter role: one life; it ends by throwing.
  /// - Throws: `RunError` for every end but a good one.
  static func live(
    _ invitation: Invitation, in context: Context, _ role: (Membership) throws -> Never
  ) throws {
    var invitation = invitation
    while true {
      let membership = try Membership(invitation, in: context)
      do {
        try role(membership)
      } catch let stopped as Stopped {
        guard stopped.stop.exitCode == 0 else { throw RunError(Int32(stopped.stop.exitCode), stopped.stop.sentence) }
        return
      } catch is LeaseEnded {
        // We were thought dead, and others do our work. A new life has nothing to unlearn.
        invitation.incarnation = 0
      } catch {
        let error = RunError(error)
        try? membership.tell(
          .failed(Failed(exitCode: Int(error.exitCode), sentence: error.description, step: 0, layer: "")))
        throw error
      }
    }
  }

  /// Says hello until the coordinator answers.
  ///
  /// - Throws: `RunError` with the coordinator's refusal, or 69 if nobody answers in time.
  private init(_ invitation: Invitation, in context: Context) throws {
    session = invitation.session
    // Nobody connects to us here: whom we have chosen to follow may send as much as the run needs.
    let connection = try Connection(
      to: invitation.endpoint, in: context, session: invitation.session, limits: SocketLimits(payload: 1 << 40))
    self.connection = connection
    var otherVersion: MessageError?
    connection.onDrop = { if case .wrongVersion = $0.reason { otherVersion = $0.reason } }
    let hello = Message.hello(
      Hello(
        role: invitation.role == .server ? .server : .worker, rank: invitation.rank, specHash: invitation.specHash,
        host: ProcessInfo.processInfo.hostName, processID: Int(ProcessInfo.processInfo.processIdentifier),
        threads: invitation.threads ?? 1,
        incarnation: invitation.incarnation > 0 ? invitation.incarnation : UInt64.random(in: 1 << 32...UInt64.max)))
    let deadline = Clock.now + invitation.deadline
    var obstacle: RunError?
    while Clock.now < deadline {
      _ = try connection.send(Envelope(session: session, generation: 0, message: hello))
      _ = try Waiter.wait(for: [connection], timeout: .seconds(1))
      while let received = try connection.receive() {
        switch received.envelope.message {
        case .welcome(let welcome):
          member = Member(invitation.role, welcome.rank)
          definition = try Self.definition(of: welcome)
          connection.onDrop = nil
          return
        case .refused(let refused):
          obstacle = RunError(Int32(refused.exitCode), refused.sentence)
          if let obstacle, obstacle.exitCode != ExitCode.tryAgain { throw obstacle }
        case .stop(let stop): throw RunError(Int32(stop.exitCode), stop.sentence)
        default: continue
        }
      }
      if let otherVersion { throw RunError(ExitCode.unavailable, "\(invitation.endpoint): \(otherVersion)") }
    }
    throw obstacle
      ?? RunError(
        ExitCode.unavailable,
        "no coordinator answered at \(invitation.endpoint) within \(Int(invitation.deadline)) s; "
          + "the address or the key may be another run's")
  }

  /// The run as this program reads it, which must be the run that the coordinator means.
  private static func definition(of welcome: Welcome) throws -> RunDefinition {
    let definition = try JSONDecoder().decode(RunDefinition.self, from: Data(welcome.specJSON.utf8))
    let execution = definition.spec.execution
    guard definition.specHash == welcome.specHash, execution.servers == welcome.serverCount,
      execution.workers == welcome.workerCount
    else {
      throw RunError(
        ExitCode.unavailable,
        "this program reads the coordinator's spec as run \(definition.specHash.prefix(12)), the coordinator as "
          + "\(welcome.specHash.prefix(12)); start the same version of tare everywhere")
    }
    return definition
  }

  /// Says that everything is in place; again, until there are orders to follow.
  func tell(_ ready: Ready) throws {
    self.ready = ready
    lastReady = Clock.now
    try tell(.ready(ready))
  }

  /// Sends a message, if the queue has room. What is lost here or later is asked for again.
  func tell(_ message: Message, generation: UInt64 = 0) throws {
    _ = try connection.send(Envelope(session: session, generation: generation, message: message))
  }

  func tell<Scalar: KernelScalar>(_ message: Message, generation: UInt64, payload: Buffer<Scalar>) throws {
    _ = try connection.send(Envelope(session: session, generation: generation, message: message), payload: payload)
  }

  /// The next message of the coordinator.
  ///
  /// - Throws: `Stopped` when it says stop, `LeaseEnded` when it has given our place away.
  func next() throws -> Received? {
    guard let received = try connection.receive() else { return nil }
    lastHeard = Clock.now
    switch received.envelope.message {
    case .stop(let stop): throw Stopped(stop)
    case .rejoin: throw LeaseEnded()
    default: return received
    }
  }

  /// Whether a drill wants every connection broken, this one included, which it is then.
  func breaksConnections() throws -> Bool {
    let wanted = Signals.breaks.load(ordering: .relaxed)
    guard wanted != breaks else { return false }
    breaks = wanted
    try connection.reconnect()
    return true
  }

  /// Sends a heartbeat when one is due or when we have entered or followed something new, and leaves when the coordinator
  /// has been silent for too long.
  func keepAlive(_ pulse: Pulse) throws {
    let now = Clock.now
    // After a pause of our own the silence may be ours.
    if now - lastLooked > Timing.coordinatorSilence / 2 { lastHeard = now }
    lastLooked = now
    let isNew = (pulse.generation, pulse.orders) != (lastPulse.generation, lastPulse.orders)
    // Also beside other messages: they don't say how far we are.
    if isNew || now - lastBeat > Timing.heartbeat {
      (lastPulse, lastBeat) = (pulse, now)
      let heartbeat = Heartbeat(progress: pulse.progress, orders: pulse.orders, pending: pulse.pending)
      try tell(.heartbeat(heartbeat), generation: pulse.generation)
    }
    if let ready, pulse.generation == 0, now - lastReady > Timing.retransmission { try tell(ready) }
    if now - lastHeard > Timing.coordinatorSilence {
      throw RunError(ExitCode.unavailable, "the coordinator has been silent for \(Int(Timing.coordinatorSilence)) s")
    }
  }
}

/// The coordinator's word that a role's time is over.
private struct Stopped: Error {
  let stop: Stop
  init(_ stop: Stop) { self.stop = stop }
}

/// The coordinator's word that our place is no longer ours.
private struct LeaseEnded: Error {}
