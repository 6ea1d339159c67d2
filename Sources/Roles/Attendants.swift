import Coordination
import Foundation
import Messages
import Transport
import ZeroMQ

/// Who takes part in a run under way, as its coordinator tells it.
package struct Attendants {
  private let file: JoinFile

  /// - Parameter folder: of the run.
  package init(of folder: String) throws { file = try JoinFile(in: folder) }

  /// Asks, and has worker `rank` let go if there is one to drain.
  ///
  /// - Returns: a row for each member, in words, and what became of the request.
  /// - Throws: `RunError` if nobody answers, or with the refusal.
  package func inquire(draining rank: Int?, within deadline: Double = 10) throws -> (rows: [[String]], sentence: String)
  {
    guard let session = Invitation.session(ofKey: file.key) else {
      throw RunError(ExitCode.badData, "the run's join.json holds no key")
    }
    let connection = try Connection(to: ZeroMQ.Endpoint(file.endpoint), in: Context(), session: session)
    let envelope = Envelope(session: session, generation: 0, message: .inquiry(Inquiry(drain: rank)))
    _ = try connection.send(envelope)
    let last = Clock.now + deadline
    while Clock.now < last {
      _ = try Waiter.wait(for: [connection], timeout: .milliseconds(250))
      while let received = try connection.receive() {
        guard case .attendance(let attendance) = received.envelope.message else { continue }
        if attendance.isRefused { throw RunError(ExitCode.usage, "\(attendance.sentence).") }
        return (attendance.places.map(Self.row), attendance.sentence)
      }
    }
    throw RunError(
      ExitCode.unavailable,
      "the coordinator of the run, process \(file.processID), did not answer at \(file.endpoint) within "
        + "\(Int(deadline)) s")
  }

  /// What the cells of a row are.
  package static let header = ["MEMBER", "HOST", "PROCESS", "WORK", "PROGRESS"]

  private static func row(_ place: Attendance.Place) -> [String] {
    let isServer = place.role == .server
    return [
      "\(place.role) \(place.rank)", place.host, "\(place.processID)",
      isServer ? "-" : "\(place.microbatches) microbatch(es) a step",
      isServer ? "version \(place.progress)" : "\(place.progress) microbatches",
    ]
  }
}
