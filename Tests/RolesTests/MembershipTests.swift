import Coordination
import Dispatch
import Failures
import Foundation
import Messages
import Parameters
import Roles
import RunDefinition
import Synchronization
import TestSupport
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

  /// Starts a member in life 7, answers its hellos one after another, and waits until it has left.
  ///
  /// - Parameter live: what the member does; a server by default.
  private static func play(
    _ answers: [Envelope]..., rank: Int = 2, deadline: Double = 60,
    live: @escaping @Sendable (Invitation, Context) throws -> Void = { try ServerRole.run($0, in: $1) }
  ) throws -> Outcome {
    let context = try Context()
    let listener = try Listener(on: Endpoint("inproc://membership"), in: context, key: key)
    var invitation = Invitation(role: .server, endpoint: listener.endpoint, key: key)
    invitation.rank = rank
    invitation.incarnation = 7
    invitation.deadline = deadline
    let end = Mutex<Result<Void, RunError>?>(nil)
    DispatchQueue.global().async { [invitation] in
      let result = Result { try live(invitation, context) }.mapError { RunError($0) }
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
          for answer in answers[outcome.hellos.count] { _ = try listener.send(answer, to: received.peer) }
        }
        outcome.hellos.append(hello)
      }
    }
    throw RunError(ExitCode.software, "the member has not left")
  }

  private static func say(_ message: Message, generation: UInt64 = 0) -> Envelope {
    Envelope(session: key.session, generation: generation, message: message)
  }

  private static let stop = say(.stop(Stop(exitCode: 0, sentence: "done")))

  /// To a run of one server.
  private static func welcome() throws -> Envelope {
    let definition = try RunDefinition([
      "network.preset=mlp", "dataset.limit=8", "batch=4", "microbatch=2", "steps=2", "execution.workers=1",
    ])
    let json = String(decoding: try JSONEncoder().encode(definition), as: UTF8.self)
    return say(
      .welcome(Welcome(rank: 0, specJSON: json, specHash: definition.specHash, serverCount: 1, workerCount: 1)))
  }

  @Test("leaves with 69 and says both versions where the coordinator speaks another version of the protocol")
  func otherVersion() throws {
    let context = try Context()
    let coordinator = try Socket(.router, in: context)
    let endpoint = try coordinator.bind(to: Endpoint("inproc://other-version"))
    let invitation = Invitation(role: .worker, endpoint: endpoint, key: Self.key)
    let end = Mutex<RunError?>(nil)
    let left = DispatchSemaphore(value: 0)
    DispatchQueue.global().async {
      do { try WorkerRole.run(invitation, in: context) } catch { end.withLock { $0 = RunError(error) } }
      left.signal()
    }
    #expect(try Poller.wait(for: [coordinator.pollItem], timeout: .eventDeadline) == [0])
    let peer = try #require(try coordinator.receive()?.bytes)
    var answer = try Self.say(.refused(Refused(exitCode: 69, sentence: "of another version"))).encoded()
    answer[1] += 1
    #expect(try coordinator.send(Frame(copying: peer), more: true) && coordinator.send(Frame(copying: answer)))
    try #require(left.wait(timeout: .now() + 30) == .success, "the member has not left")
    let error = try #require(end.withLock { $0 })
    #expect(error.exitCode == ExitCode.unavailable && ExitCode.unavailable == 69)
    let version = Envelope.protocolVersion
    let sentence = "the message speaks protocol version \(version + 1), this program version \(version)"
    #expect("\(error)" == "\(endpoint): \(sentence)")
  }

  @Test("asks again after a refusal that says so, in the same life, and ends with the coordinator's stop")
  func again() throws {
    let outcome = try Self.play(
      [Self.say(.refused(Refused(exitCode: 75, sentence: "server 2 has joined already")))], [Self.stop])
    #expect(outcome.error == nil)
    #expect(outcome.hellos.count == 2 && Set(outcome.hellos).count == 1)
    #expect(outcome.hellos.first?.role == .server && outcome.hellos.first?.rank == 2)
    #expect(outcome.hellos.first?.incarnation == 7)
  }

  @Test("a new life has another incarnation and another badge, and the same rank")
  func newLife() throws {
    let outcome = try Self.play([Self.welcome(), Self.say(.rejoin)], [Self.stop], rank: 0)
    #expect(outcome.error == nil)
    let (first, second) = (try #require(outcome.hellos.first), try #require(outcome.hellos.last))
    #expect(outcome.hellos.count == 2 && first.rank == 0 && second.rank == 0)
    #expect(first.incarnation == 7 && ![0, 7].contains(second.incarnation))
    #expect(first.badge != second.badge)
  }

  @Test("hands on the orders that its session follows, and no others, and says which begin a generation")
  func orders() throws {
    let orders = Message.serverOrders(ServerOrders(number: 1, version: 0, horizon: 1, reported: 0))
    let generations: [UInt64] = [2, 1, 2, 3, 2]
    let followed = Mutex<[(generation: UInt64, isFirst: Bool)]>([])
    let outcome = try Self.play(
      [Self.welcome()] + generations.map { Self.say(orders, generation: $0) } + [Self.stop], rank: 0
    ) { invitation, context in
      try Membership.live(invitation, in: context) { membership in
        while true {
          _ = try Waiter.wait(for: [membership.connection], timeout: .milliseconds(100))
          while let instruction = try membership.next() {
            followed.withLock { $0.append((instruction.received.envelope.generation, instruction.beginsGeneration)) }
          }
        }
      }
    }
    #expect(outcome.error == nil)
    #expect(followed.withLock { $0.map(\.generation) } == [2, 2, 3])
    #expect(followed.withLock { $0.map(\.isFirst) } == [true, false, true])
  }

  @Test("ends with the exit code and sentence of any other refusal or stop")
  func refusals() throws {
    for answer in [
      Message.refused(Refused(exitCode: 69, sentence: "another run")),
      .stop(Stop(exitCode: 69, sentence: "another run")),
    ] {
      let error = try #require(try Self.play([Self.say(answer)]).error)
      #expect(error.exitCode == 69 && error.description == "another run")
    }
  }

  @Test("names the address where no coordinator answers in time")
  func unanswered() throws {
    let outcome = try Self.play(deadline: 0.3)
    let error = try #require(outcome.error)
    #expect(error.exitCode == 69 && error.description.contains("inproc://membership within 0 s"))
    #expect(outcome.hellos.count == 1)
  }
}
