import Messages
import Parameters
import Testing

@Suite("Answer")
struct AnswerTests {
  @Test(
    "what a server answers is what the worker is told",
    arguments: [
      ServerAnswer.duplicate, .waiting, .gone(current: 9), .wrongGeneration(4), .notAMember,
      .refused("a gradient of 3 elements"), .decided(microbatch: 0, .applied, version: 9),
      .decided(microbatch: 7, .late, version: 9), .decided(microbatch: 1 << 53, .rejected, version: 9),
    ])
  func content(_ answer: ServerAnswer) throws {
    let message = Answer(answer, version: 9, generation: 4)
    #expect(message.version == 9 && message.generation == 4)
    let envelope = Envelope(session: Samples.session, generation: 4, message: .answer(message))
    guard case .answer(let arrived) = try Samples.decode(envelope.encoded()).message else {
      Issue.record("another message")
      return
    }
    #expect(arrived.content == answer)
  }

  @Test("each answer travels as a kind of its own")
  func kinds() {
    let decisions: [MicrobatchDecision] = [.applied, .late, .rejected]
    let answers: [ServerAnswer] =
      [.duplicate, .waiting, .gone(current: 1), .wrongGeneration(1), .notAMember, .refused("")]
      + decisions.map { .decided(microbatch: 1, $0, version: 1) }
    #expect(answers.map { Answer($0, version: 1, generation: 1).kind } == Answer.Kind.allCases)
  }
}
