import Foundation
import Messages
import Parameters
import TestSupport
import Testing
import Transport
import ZeroMQ

@Suite struct StrangerTests {
  private let context: Context
  private let listener: Listener
  private let connection: Connection

  init() throws {
    context = try Context()
    listener = try Listener(on: Network.tcp.endpoint(), in: context, key: key)
    connection = try Connection(to: listener.endpoint, in: context, key: key)
  }

  @Test func neitherNoiseNorFramesOfStrangersDisturbOthers() throws {
    guard case .tcp(_, let port) = listener.endpoint.kind else { throw Late() }
    let random = CounterRandom(seed: 1, purpose: .faults)
    let zmtp = try Socket(.dealer, in: context)
    try zmtp.set(key.presented(to: listener.endpoint))
    try zmtp.connect(to: listener.endpoint)
    let payload = Buffer<Float>((0..<1000).map(Float.init))

    for round in 0..<100 {
      let noise = (0..<random.integer(round, 0, below: 500)).map { UInt8(random.integer(round, $0 + 1, below: 256)) }
      // A greeting of version 0xFF followed by noise, then pure noise.
      try RawClient(port: port).send((round % 2 == 0 ? [0xFF] : []) + noise)
      for frame in 0...(round % 4) {
        _ = try zmtp.send(Frame(copying: Array(noise.dropFirst(frame))), more: frame < round % 4)
      }
      #expect(try connection.send(weights(Float.self, offset: round, count: 1000), payload: payload))
      let received = try listener.next()
      #expect(received.envelope == weights(Float.self, offset: round, count: 1000))
      #expect(received.payload?.bytes.count == 4000)
      #expect(try listener.send(envelope(.fetch(Fetch(version: round))), to: received.peer))
      #expect(try connection.next().envelope.message == .fetch(Fetch(version: round)))
    }
    // The 100 messages of the ZeroMQ peer, whose content is noise, plus any noise that happened to parse as a message.
    let all = try eventually([listener]) {
      _ = try listener.receive()
      let dropped = listener.statistics.malformed + listener.statistics.wrongSession
      return dropped >= 100 && listener.statistics.failedHandshakes > 0
    }
    #expect(all, "\(listener.statistics)")
    #expect(listener.statistics.received == 100)
  }

  @Test(arguments: [Network.tcp, .ipc])
  func nobodyWithoutTheKeyIsHeard(network: Network) throws {
    let listener = try Listener(on: network.endpoint(), in: context, key: key)
    let nobody = try Socket(.dealer, in: context)
    let other = try Socket(.dealer, in: context)
    try nobody.set(.linger(0))
    try other.set(.linger(0))
    try other.set(RunKey().presented(to: listener.endpoint))
    let hello = try envelope(.fetch(Fetch(version: 1))).encoded()
    try nobody.connect(to: listener.endpoint)
    try other.connect(to: listener.endpoint)
    // Their messages carry the session all the same.
    _ = try nobody.send(Frame(copying: hello))
    _ = try other.send(Frame(copying: hello))
    #expect(try eventually([listener]) { try listener.receive() != nil || listener.statistics.failedHandshakes >= 2 })
    #expect(listener.statistics.received == 0 && listener.statistics.failedHandshakes >= 2, "\(listener.statistics)")
    let member = try Connection(to: listener.endpoint, in: context, key: key)
    #expect(try member.send(envelope(.fetch(Fetch(version: 2)))))
    #expect(try listener.next().envelope.message == .fetch(Fetch(version: 2)))
  }

  /// libzmq bounds a frame, but not the number of frames that it keeps of one message.
  @Test func framesOfAMessageWithoutEndAreNotKept() throws {
    guard case .tcp(_, let port) = listener.endpoint.kind else { throw Late() }
    let before = try residentBytes()
    for greeting in [ZMTP.null, ZMTP.plain(password: "0123456789abcdef")] {
      let stranger = try RawClient(port: port)
      stranger.send(greeting)
      let frame = ZMTP.frame([UInt8](repeating: 0, count: 60_000), more: true)
      var sent = 0
      while sent < 256 << 20, stranger.send(frame) { sent += frame.count }
      #expect(sent < 256 << 20)
      _ = stranger.receiveAll()
    }
    #expect(try residentBytes() - before < 64 << 20)
    #expect(try connection.send(envelope(.pull(Pull(version: 1)))))
    #expect(try listener.next().envelope.message == .pull(Pull(version: 1)))
  }

  private func residentBytes() throws -> Int {
    let pages = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")
    return (Int(pages[1]) ?? 0) * sysconf(CInt(_SC_PAGESIZE))
  }

  @Test func messagesOfAnotherSessionAreDropped() throws {
    let other = try Socket(.dealer, in: context)
    try other.set(key.presented(to: listener.endpoint))
    try other.connect(to: listener.endpoint)
    _ = try other.send(Frame(copying: envelope(.stop(Stop(exitCode: 0, sentence: "")), session: 99).encoded()))
    #expect(try eventually([listener]) { try listener.receive() != nil || listener.statistics.wrongSession == 1 })
    #expect(listener.statistics.wrongSession == 1)
    #expect(listener.statistics.received == 0)
  }

  @Test func bothEndsLearnOfAnotherVersion() throws {
    var reasons: [MessageError] = []
    listener.answer = { dropped in
      reasons.append(dropped.reason)
      return envelope(.refused(Refused(exitCode: 69, sentence: "\(dropped.reason)")))
    }
    let newerVersion = Envelope.protocolVersion + 1
    // A message of a hypothetical newer program: the same preamble, another body.
    let newer = try Socket(.dealer, in: context)
    try newer.set(key.presented(to: listener.endpoint))
    try newer.connect(to: listener.endpoint)
    var header = try envelope(.pull(Pull(version: 1))).encoded()
    header[1] = UInt8(newerVersion)
    #expect(try newer.send(Frame(copying: header)))
    #expect(try eventually([listener]) { try listener.receive() != nil || !reasons.isEmpty })
    #expect(reasons == [.wrongVersion(newerVersion)])
    #expect(listener.statistics.wrongVersion == 1)

    #expect(try Poller.wait(for: [newer.pollItem], timeout: .eventDeadline) == [0])
    let reply = try #require(try newer.receive()?.bytes)
    let refusal = try Envelope(decoding: unsafe reply.span.bytes, payloadByteCount: nil, session: session)
    let sentence =
      "the message speaks protocol version \(newerVersion), this program version \(Envelope.protocolVersion)"
    #expect(refusal.message == .refused(Refused(exitCode: 69, sentence: sentence)))
  }

  @Test func aConnectionReportsWhatItDrops() throws {
    let old = try Socket(.router, in: context)
    let endpoint = try old.bind(to: Network.inproc.endpoint())
    let connection = try Connection(to: endpoint, in: context, key: key)
    var reasons: [MessageError] = []
    connection.onDrop = { reasons.append($0.reason) }
    _ = try connection.send(envelope(.pull(Pull(version: 1))))
    let peer = try #require(try old.receive()?.bytes)
    var header = try envelope(.pull(Pull(version: 1))).encoded()
    header[1] = UInt8(Envelope.protocolVersion + 1)
    #expect(try old.send(Frame(copying: peer), more: true) && old.send(Frame(copying: header)))
    #expect(try eventually([connection]) { try connection.receive() != nil || !reasons.isEmpty })
    #expect(reasons == [.wrongVersion(Envelope.protocolVersion + 1)])
  }

  @Test func aFrameAboveTheLimitEndsItsConnectionOnly() throws {
    let greedy = try Connection(to: listener.endpoint, in: context, key: key)
    let count = 2 << 20
    #expect(try greedy.send(weights(Float.self, count: count), payload: Buffer<Float>(count: count)))
    for version in 0..<20 {
      #expect(try connection.send(envelope(.pull(Pull(version: version)))))
      #expect(try listener.next().envelope.message == .pull(Pull(version: version)))
    }
    #expect(listener.statistics.received == 20)
  }
}
