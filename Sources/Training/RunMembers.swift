import Failures
import Foundation
import Messages
import Roles
import Transport
import ZeroMQ

/// Who takes part in a run under way, as its coordinator tells it.
package struct RunMembers {
  private let file: JoinFile

  /// - Parameter folder: of the run.
  package init(of folder: String) throws { file = try JoinFile(in: folder) }

  /// Asks, and has worker `rank` let go if there is one to drain.
  ///
  /// - Returns: a row for each member, in words, and what became of the request.
  /// - Throws: `RunError` if nobody answers, or with the refusal.
  package func status(draining rank: Int?, within deadline: Double = 10) throws -> (rows: [[String]], sentence: String)
  {
    guard let session = Invitation.session(ofKey: file.key) else {
      throw RunError(ExitCode.badData, "the run's join.json holds no key")
    }
    let connection = try Connection(to: ZeroMQ.Endpoint(file.endpoint), in: Context(), session: session)
    let envelope = Envelope(session: session, generation: 0, message: .statusRequest(StatusRequest(drain: rank)))
    _ = try connection.send(envelope)
    let last = Clock.now + deadline
    while Clock.now < last {
      _ = try Waiter.wait(for: [connection], timeout: .milliseconds(250))
      while let received = try connection.receive() {
        guard case .statusReply(let reply) = received.envelope.message else { continue }
        if reply.isRefused { throw RunError(ExitCode.usage, "\(reply.sentence).") }
        return (reply.members.map(Self.row), reply.sentence)
      }
    }
    throw RunError(
      ExitCode.unavailable,
      "the coordinator of the run, process \(file.processID), did not answer at \(file.endpoint) within "
        + "\(Int(deadline)) s")
  }

  /// What the cells of a row are.
  package static let header = ["MEMBER", "HOST", "PROCESS", "WORK", "PROGRESS"]

  private static func row(_ member: StatusReply.MemberStatus) -> [String] {
    let isServer = member.role == .server
    return [
      "\(member.role) \(member.rank)", member.host, "\(member.processID)",
      isServer ? "-" : "\(member.microbatches) microbatch(es) a step",
      isServer ? "version \(member.progress)" : "\(member.progress) microbatches",
    ]
  }
}
