import Coordination
import Failures
import Foundation
import Launching
import Messages
import RunDefinition
import Specification
import Transport
import ZeroMQ

extension Membership {
  /// Asks the coordinator for a place until it gives one.
  ///
  /// - Throws: `Departed` if it refuses or no coordinator answers in time; `RunError` if this program reads another run.
  static func join(_ invitation: Invitation, in context: Context) throws -> Membership {
    // Nothing connects to this socket: the endpoint that it has chosen may send as much as the run needs.
    let connection = try Connection(
      to: invitation.endpoint, in: context, key: invitation.key, limits: SocketLimits(payload: 1 << 40),
      noticesRefusal: true)
    let badge = UInt64.random(in: 1...UInt64.max)
    var otherVersion: MessageError?
    connection.onDrop = { if case .wrongVersion = $0.reason { otherVersion = $0.reason } }
    let hello = Envelope(
      session: invitation.key.session, generation: 0, message: .hello(Hello(invitation, badge: badge)))
    var session = MemberSession(
      coordinator: invitation.endpoint.description, deadline: invitation.deadline,
      rejoinDeadline: invitation.rejoinDeadline, now: Clock.now)
    if invitation.definition == nil { ProcessLog.note(nil, invitation, rank: invitation.rank) }
    while true {
      let event = farewell.map(MemberSession.Event.signaled) ?? .tick(Pulse())
      for effect in session.handle(event, now: Clock.now) {
        if case .leave(let departure) = effect { throw Departed(departure) }
        if effect == .hello { _ = try connection.send(hello) }
      }
      _ = try Waiter.wait(for: [connection], timeout: .milliseconds(100))
      while let received = try connection.receive() {
        for effect in session.handle(.init(received.envelope, to: invitation.role), now: Clock.now) {
          if case .leave(let departure) = effect { throw Departed(departure) }
          guard case .begin(let member) = effect, case .welcome(let welcome) = received.envelope.message else {
            continue
          }
          connection.onDrop = nil
          let definition = try invitation.definition ?? definition(of: welcome)
          let hasProcess = invitation.definition == nil
          if hasProcess { ProcessLog.note(definition.spec.execution.logFormat, invitation, rank: member.rank) }
          return Membership(
            member, of: definition, over: connection, token: invitation.key.session, badge: badge, session: session,
            hasProcess: hasProcess, isTraced: welcome.isTraced)
        }
      }
      if let refusal = try connection.refusal() {
        throw RunError(ExitCode.unavailable, connection.sentence(on: refusal))
      }
      if let otherVersion { throw RunError(ExitCode.unavailable, "\(invitation.endpoint): \(otherVersion)") }
    }
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
}

extension ProcessLog {
  /// Of a process that takes part in a run.
  fileprivate static func note(_ format: ExecutionSpec.LogFormat?, _ invitation: Invitation, rank: Int?) {
    note { context in
      if format == .json { context.isJSON = true }
      context.run = RunKey.name(ofSession: invitation.key.session)
      (context.role, context.rank) = (invitation.role.rawValue, rank)
    }
  }
}

extension Hello {
  fileprivate init(_ invitation: Invitation, badge: UInt64) {
    self.init(
      role: invitation.role == .server ? .server : .worker, rank: invitation.rank, specHash: invitation.specHash,
      host: invitation.host, processID: Int(ProcessInfo.processInfo.processIdentifier),
      threads: invitation.threads ?? 1,
      incarnation: invitation.incarnation > 0 ? invitation.incarnation : UInt64.random(in: 1 << 32...UInt64.max),
      badge: badge)
  }
}
