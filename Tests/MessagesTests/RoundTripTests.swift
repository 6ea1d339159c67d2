import Foundation
import Messages
import Parameters
import TestSupport
import Testing

@Suite struct RoundTripTests {
  @Test(arguments: Samples.messages) func survivesTheWire(name: String, message: Message) throws {
    let sent = Samples.envelope(message)
    let received = try Samples.decode(sent.encoded(), payloadByteCount: message.tensor?.byteCount)
    #expect(received == sent)
  }

  @Test func aTensorInSharedMemoryHasNoPayload() throws {
    let header = try Samples.shared.encoded()
    #expect(try Samples.decode(header) == Samples.shared)
    #expect(throws: MessageError.self) { try Samples.decode(header, payloadByteCount: 4000) }
    var pull = Samples.envelope(.pull(Pull(version: 1)))
    pull.sharedTensor = Samples.shared.sharedTensor
    #expect(throws: MessageError.malformed("shared_tensor comes with a payload, or without a tensor")) {
      try Samples.decode(pull.encoded())
    }
  }

  private struct Frame: Decodable { let header: String }

  /// Google's implementation of the wire format wrote the vectors (golden.py), which other clients are checked with.
  @Test func equalsAnotherEncoder() throws {
    let text = try Repository.text("cluster/python/vectors/\(Envelope.protocolVersion)/frames.json")
    let frames = try JSONDecoder().decode([String: Frame].self, from: Data(text.utf8))
    let samples = Samples.messages.map { ($0, Samples.envelope($1)) } + [("shared tensor", Samples.shared)]
    #expect(Set(frames.keys) == Set(samples.map(\.0)))
    for (name, envelope) in samples {
      let hex = try envelope.encoded().map { String(format: "%02x", $0) }.joined()
      #expect(hex == frames[name]?.header, "\(name)")
    }
  }

  @Test func carriesASpecOfOneMebibyte() throws {
    let spec = String(repeating: "x", count: Limits.spec)
    let message = Message.welcome(Welcome(rank: 0, specJSON: spec, specHash: "", serverCount: 1, workerCount: 1))
    let sent = Samples.envelope(message)
    #expect(try Samples.decode(sent.encoded()) == sent)
  }

  @Test func carriesTheLongestListOfNodes() throws {
    let nodes = (0..<Limits.list).map { ReductionTree.Node(start: $0, count: 1) }
    let sent = Samples.envelope(.workerOrders(WorkerOrders(number: 1, version: 0, endpoints: [], nodes: nodes)))
    #expect(try Samples.decode(sent.encoded()) == sent)
  }

  @Test func cutsASentenceThatIsTooLongBetweenCharacters() throws {
    let message = Message.stop(Stop(exitCode: 70, sentence: String(repeating: "ä€", count: 2000)))
    guard case .stop(let stop) = try Samples.decode(Samples.envelope(message).encoded()).message else {
      Issue.record("another message arrived")
      return
    }
    #expect((Limits.sentence - 2...Limits.sentence).contains(stop.sentence.utf8.count))
    #expect(stop.sentence.allSatisfy { "ä€".contains($0) })
  }
}
