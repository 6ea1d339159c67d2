import Coordination
import Foundation
import Messages
import Parameters
import Transport
import ZeroMQ

/// A server's or worker's place in a run: the connection to the coordinator, and the signs of life on it.
final class Membership {
  let member: Member
  let definition: RunDefinition
  let connection: Connection
  private let session: UInt64
  /// What the queue had no room for, in order.
  private var backlog: [() throws -> Bool] = []
  private var lastHeard = Clock.now
  private var lastTold = Clock.now
  private var lastLooked = Clock.now

  /// Seconds between two heartbeats.
  static let heartbeat = 0.5
  /// Seconds of the coordinator's silence after which a member leaves.
  static let silence = 10.0

  /// Says hello until the coordinator answers.
  ///
  /// - Throws: `RunError` with the coordinator's refusal, or 69 if nobody answers in time.
  init(_ invitation: Invitation, in context: Context) throws {
    session = invitation.session
    let connection = try Connection(to: invitation.endpoint, in: context, session: invitation.session)
    self.connection = connection
    var otherVersion: MessageError?
    connection.onDrop = { if case .wrongVersion = $0.reason { otherVersion = $0.reason } }
    let hello = Message.hello(
      Hello(
        role: invitation.role == .server ? .server : .worker, rank: invitation.rank, specHash: invitation.specHash,
        host: ProcessInfo.processInfo.hostName, processID: Int(ProcessInfo.processInfo.processIdentifier),
        threads: invitation.threads ?? 1, incarnation: UInt64.random(in: 1...UInt64.max)))
    let deadline = Clock.now + invitation.deadline
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
        case .refused(let refused): throw RunError(Int32(refused.exitCode), refused.sentence)
        case .stop(let stop): throw RunError(Int32(stop.exitCode), stop.sentence)
        default: continue
        }
      }
      if let otherVersion { throw RunError(ExitCode.unavailable, "\(invitation.endpoint): \(otherVersion)") }
    }
    throw RunError(
      ExitCode.unavailable,
      "no coordinator answered at \(invitation.endpoint) within \(Int(invitation.deadline)) s; "
        + "the address or the key may be another run's")
  }

  /// Runs a role until it is stopped; tells the coordinator of every other end.
  func live(_ role: () throws -> Void) throws {
    do {
      try role()
    } catch let stopped as Stopped {
      guard stopped.stop.exitCode == 0 else { throw RunError(Int32(stopped.stop.exitCode), stopped.stop.sentence) }
    } catch {
      let error = RunError(error)
      try? tell(.failed(Failed(exitCode: Int(error.exitCode), sentence: error.description, step: 0, layer: "")))
      throw error
    }
  }

  /// The run as this program reads it, which must be the run that the coordinator means.
  private static func definition(of welcome: Welcome) throws -> RunDefinition {
    let definition = try JSONDecoder().decode(RunDefinition.self, from: Data(welcome.specJSON.utf8))
    let execution = definition.spec.execution
    guard definition.spec.specHash == welcome.specHash, execution.servers == welcome.serverCount,
      execution.workers == welcome.workerCount
    else {
      throw RunError(
        ExitCode.unavailable,
        "this program reads the coordinator's spec as run \(definition.spec.specHash.prefix(12)), the coordinator as "
          + "\(welcome.specHash.prefix(12)); start the same version of tare everywhere")
    }
    return definition
  }

  func tell(_ message: Message, generation: UInt64 = 0) throws {
    let envelope = Envelope(session: session, generation: generation, message: message)
    try deliver { [connection] in try connection.send(envelope) }
  }

  func tell<Scalar: KernelScalar>(
    _ message: Message, generation: UInt64, payload: Buffer<Scalar>
  ) throws {
    let envelope = Envelope(session: session, generation: generation, message: message)
    try deliver { [connection] in try connection.send(envelope, payload: payload) }
  }

  /// Sends, or keeps for later what the queue has no room for: no report may be missing from the records.
  private func deliver(_ send: @escaping () throws -> Bool) throws {
    lastTold = Clock.now
    try sendBacklog()
    guard backlog.isEmpty, try send() else { return backlog.append(send) }
  }

  private func sendBacklog() throws {
    while let first = backlog.first, try first() { backlog.removeFirst() }
  }

  /// The next message of the coordinator.
  ///
  /// - Throws: `Stopped` when it says stop.
  func next() throws -> Envelope? {
    guard let received = try connection.receive() else { return nil }
    lastHeard = Clock.now
    if case .stop(let stop) = received.envelope.message { throw Stopped(stop) }
    return received.envelope
  }

  /// Sends a heartbeat when one is due, and leaves when the coordinator has been silent for too long.
  ///
  /// - Parameter progress: rises as the member gets on with its work.
  func keepAlive(progress: Int) throws {
    try sendBacklog()
    let now = Clock.now
    // After a pause of our own the silence may be ours.
    if now - lastLooked > Self.silence / 2 { lastHeard = now }
    lastLooked = now
    if now - lastTold > Self.heartbeat { try tell(.heartbeat(Heartbeat(progress: progress))) }
    if now - lastHeard > Self.silence {
      throw RunError(ExitCode.unavailable, "the coordinator has been silent for \(Int(Self.silence)) s")
    }
  }
}

/// The coordinator's word that a role's time is over.
private struct Stopped: Error {
  let stop: Stop
  init(_ stop: Stop) { self.stop = stop }
}

/// Seconds on a clock that only moves forward.
enum Clock {
  static var now: Double {
    let (seconds, attoseconds) = (ContinuousClock.now - origin).components
    return Double(seconds) + Double(attoseconds) * 1e-18
  }
  private static let origin = ContinuousClock.now
}
