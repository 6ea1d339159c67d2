import Failures
import Foundation
import Messages
import Roles
import Transport
import ZeroMQ

/// The members of a running run, as its coordinator reports them.
package struct RunMembers {
  private let file: JoinFile

  /// - Parameter folder: of the run.
  package init(of folder: String) throws { file = try JoinFile(in: folder) }

  /// Asks the coordinator for its members, and to drain worker `rank` if one is given.
  ///
  /// - Returns: a row for each member, and the result of the request as a sentence.
  /// - Throws: `RunError` without an answer within the deadline, and with the coordinator's refusal.
  package func status(draining rank: Int?, within deadline: Double = 10) throws -> (rows: [[String]], sentence: String)
  {
    guard let key = RunKey(text: file.key) else {
      throw RunError(ExitCode.badData, "the run's join.json holds no key")
    }
    let connection = try Connection(to: ZeroMQ.Endpoint(file.endpoint), in: Context(), key: key)
    let envelope = Envelope(session: key.session, generation: 0, message: .statusRequest(StatusRequest(drain: rank)))
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

  /// The columns of a row.
  package static let header = ["MEMBER", "HOST", "PROCESS", "WORK", "PROGRESS"]

  private static func row(_ member: StatusReply.MemberStatus) -> [String] {
    let isServer = member.role == .server
    return [
      "\(member.role) \(member.rank)", member.host, "\(member.processID)",
      isServer ? "-" : counted(member.microbatches, "microbatch", plural: "microbatches") + " per step",
      isServer
        ? "version \(member.progress)" : counted(Int(member.progress), "microbatch", plural: "microbatches"),
    ]
  }
}
