import Coordination
import Dispatch
import Failures
import Messages
import Roles
import Synchronization
import Testing
import Transport
import ZeroMQ

/// How a member's process joins, against a coordinator that the test plays.
@Suite("Membership")
struct MembershipTests {
  private static let key = RunKey()

  /// What became of a server that asked for a place.
  private struct Outcome {
    var hellos: [Hello] = []
    /// `nil` for the good end.
    var error: RunError?
  }

  /// Starts a server, answers its hellos one after another, and waits until it has left.
  private static func play(_ answers: [Message], deadline: Double = 60) throws -> Outcome {
    let context = try Context()
    let listener = try Listener(on: Endpoint("inproc://membership"), in: context, key: key)
    var invitation = Invitation(role: .server, endpoint: listener.endpoint, key: key)
    invitation.rank = 2
    invitation.deadline = deadline
    let end = Mutex<Result<Void, RunError>?>(nil)
    DispatchQueue.global().async { [invitation] in
      let result = Result { try ServerRole.run(invitation, in: context) }.mapError { RunError($0) }
      end.withLock { $0 = result }
    }
    var outcome = Outcome()
    let limit = Clock.now + 30
    while Clock.now < limit {
      if let result = end.withLock({ $0 }) {
        if case .failure(let error) = result { outcome.error = error }
        return outcome
      }
      _ = try Waiter.wait(for: [listener], timeout: .milliseconds(20))
      while let received = try listener.receive() {
        guard case .hello(let hello) = received.envelope.message else { continue }
        if outcome.hellos.count < answers.count {
          let answer = Envelope(session: key.session, generation: 0, message: answers[outcome.hellos.count])
          _ = try listener.send(answer, to: received.peer)
        }
        outcome.hellos.append(hello)
      }
    }
    throw RunError(ExitCode.software, "the server has not left")
  }

  @Test("asks again after a refusal that says so, in the same life, and ends with the coordinator's stop")
  func again() throws {
    let outcome = try Self.play([
      .refused(Refused(exitCode: 75, sentence: "server 2 has joined already")),
      .stop(Stop(exitCode: 0, sentence: "done")),
    ])
    #expect(outcome.error == nil)
    #expect(outcome.hellos.count == 2 && Set(outcome.hellos).count == 1)
    #expect(outcome.hellos.first?.role == .server && outcome.hellos.first?.rank == 2)
  }

  @Test("ends with the exit code and sentence of any other refusal or stop")
  func refusals() throws {
    for answer in [
      Message.refused(Refused(exitCode: 69, sentence: "another run")),
      .stop(Stop(exitCode: 69, sentence: "another run")),
    ] {
      let error = try #require(try Self.play([answer]).error)
      #expect(error.exitCode == 69 && error.description == "another run")
    }
  }

  @Test("names the address where no coordinator answers in time")
  func unanswered() throws {
    let outcome = try Self.play([], deadline: 0.3)
    let error = try #require(outcome.error)
    #expect(error.exitCode == 69 && error.description.contains("inproc://membership within 0 s"))
    #expect(outcome.hellos.count == 1)
  }
}
