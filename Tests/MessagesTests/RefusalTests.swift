import Messages
import Parameters
import Testing

@Suite struct RefusalTests {
  private static let push = Message.push(
    Push(
      step: 0, node: ReductionTree.Node(start: 0, count: 1), tally: Tally(lossSum: 0, correct: 0, samples: 1),
      tensor: TensorHeader(elementType: .float64, offset: 0, count: 3)))

  /// The version after this program's.
  private static let newer = UInt8(Envelope.protocolVersion + 1)

  @Test func refusesAnotherSessionBeforeTheVersion() throws {
    // Another version, session 7, and a body that does not exist in any version.
    let header: [UInt8] = [0x08, Self.newer, 0x11, 7, 0, 0, 0, 0, 0, 0, 0, 0xFA, 0x7F, 0]
    #expect(throws: MessageError.wrongSession(7)) { try Samples.decode(header) }
    #expect("\(MessageError.wrongSession(7))" == "the message belongs to another session")
  }

  @Test func namesAnotherVersionWhateverItsBody() throws {
    let session = Samples.sessionBytes
    // Field 10 is a varint here: this version could not even parse it.
    let newer = UInt32(Self.newer)
    let header: [UInt8] = [0x08, Self.newer, 0x11] + session + [0x50, 1]
    #expect(throws: MessageError.wrongVersion(newer)) { try Samples.decode(header) }
    #expect(
      "\(MessageError.wrongVersion(newer))"
        == "the message speaks protocol version \(newer), this program version \(newer - 1)")
  }

  @Test(arguments: [nil, 0, 23, 25, 12] as [Int?])
  func refusesAPayloadOfAnotherLength(byteCount: Int?) throws {
    let header = try Samples.envelope(Self.push).encoded()
    #expect(try Samples.decode(header, payloadByteCount: 24).message == Self.push)
    #expect(throws: MessageError.self) { try Samples.decode(header, payloadByteCount: byteCount) }
  }

  @Test func refusesAPayloadThatIsNotAnnounced() throws {
    let header = try Samples.envelope(.pull(Pull(version: 1))).encoded()
    #expect(throws: MessageError.malformed("the payload has 8 bytes; the header announces none")) {
      try Samples.decode(header, payloadByteCount: 8)
    }
  }

  /// Handwritten bodies: (field number, bytes, text that the sentence must contain).
  @Test(
    arguments: [
      (10, [0x08, 1, 0x10, 0xFF, 0xFF, 0xFF, 0x7F, 0x30, 1], "hello.rank"),  // rank 268435455
      (10, [0x08, 3, 0x30, 1], "hello.role is 3"),
      (10, [0x30, 1], "hello.role is 0"),
      (10, [0x08, 1], "hello.threads is 0"),
      (10, [0x08, 1, 0x30, 1, 0x22, 2, 0xC3, 0x28], "hello.host is not UTF-8"),
      (12, [0x08, 0x80, 0x02], "refused.exit_code is 256"),
      (25, [0x08, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01], "fetch.version"),  // 2⁶⁴ - 1
      (26, [0x10, 0xFF, 0x01], "state.part is 255"),
      (26, [0x08, 1], "state.tensor is missing"),
      (16, [0x0A, 2, 0x08, 9], "statusReply.members.role is 9"),
      (42, [0x08, 1], "push.node is missing"),
      (42, [0x12, 2, 0x08, 1], "node.count is 0"),
      (42, [0x12, 2, 0x10, 1, 0x2A, 4, 0, 0, 0, 0], "the header is not in the wire format"),  // half a double
      (41, [0x12, 4, 0x08, 7, 0x18, 1], "tensor.element_type is 7"),
      // A tensor of 2 elements: packed in 12 bytes, in 6, and plain with a number of bytes.
      (41, [0x12, 6, 0x08, 3, 0x18, 2, 0x20, 12], "tensor.byte_count is 12; accepted are 0 to 8"),
      (41, [0x12, 6, 0x08, 5, 0x18, 2, 0x20, 6], "tensor.byte_count is 6; accepted is a multiple of 4"),
      (41, [0x12, 6, 0x08, 1, 0x18, 2, 0x20, 8], "tensor.byte_count is 8; accepted are 0 to 0"),
      (43, [0x08, 10], "answer.kind is 10"),
      // Spans of unequal lists, of another kind of work, of more nanoseconds than fit; and clocks that are no times.
      (31, [0x1A, 1, 1, 0x22, 2, 5, 5, 0x2A, 1, 0], "the lists of spans have 1, 2 and 1 elements"),
      (31, [0x1A, 1, 7, 0x22, 1, 5, 0x2A, 1, 0], "spans.works is 7"),
      (
        31,
        [0x1A, 2, 1, 1, 0x22, 18] + [UInt8](repeating: 0x80, count: 8) + [0x20]
          + [UInt8](repeating: 0x80, count: 8) + [0x20, 0x2A, 2, 0, 0],
        "the sum of spans.nanoseconds is 4611686018427387904; accepted are 0 to 2305843009213693952"
      ),
      (31, [0x11, 0, 0, 0, 0, 0, 0, 0xF8, 0x7F], "spans.began is nan"),
      (31, [0x39, 0, 0, 0, 0, 0, 0, 0xF0, 0xFF], "spans.least_lag is -inf"),
      (22, [0x29, 0, 0, 0, 0, 0, 0, 0xF0, 0x7F], "heartbeat.clock is inf; accepted are"),
    ] as [(Int, [UInt8], String)])
  func namesTheFieldTheValueAndWhatIsAccepted(field: Int, body: [UInt8], names: String) throws {
    let session = Samples.sessionBytes
    let tag = [UInt8((field << 3 | 2) & 0x7F | (field > 15 ? 0x80 : 0))] + (field > 15 ? [UInt8(field >> 4)] : [])
    let header = [0x08, Self.newer - 1, 0x11] + session + tag + [UInt8(body.count)] + body
    let error = #expect(throws: MessageError.self) { try Samples.decode(header) }
    #expect("\(try #require(error))".hasPrefix(names))
  }

  @Test func refusesToSendWhatTheOtherEndWouldRefuse() {
    let long = String(repeating: "x", count: 257)
    let refused: [Message] = [
      .pull(Pull(version: -1)), .pull(Pull(version: .max)), .fetch(Fetch(version: Limits.version + 1)),
      .ready(Ready(fingerprint: long, endpoint: "", isa: "")), .stop(Stop(exitCode: 256, sentence: "")),
      .ready(Ready(fingerprint: "a\0b", endpoint: "", isa: "")),
      .welcome(
        Welcome(
          rank: 0, specJSON: String(repeating: "x", count: Limits.spec + 1), specHash: "", serverCount: 1,
          workerCount: 1)),
    ]
    for message in refused {
      #expect(throws: MessageError.self) { try Samples.envelope(message).encoded() }
    }
    #expect(throws: MessageError.self) {
      try Envelope(session: 0, generation: 0, message: .pull(Pull(version: 0))).encoded()
    }
  }

  @Test func refusesAPackedPayloadOfAnotherLength() throws {
    let tensor = TensorHeader(elementType: .float32, offset: 0, count: 90, packing: .init(format: .int8, wordCount: 24))
    let sent = Samples.envelope(.weights(Weights(version: 1, tensor: tensor)))
    #expect(tensor.byteCount == 96)
    #expect(try Samples.decode(sent.encoded(), payloadByteCount: 96) == sent)
    for byteCount in [0, 95, 97, 360] {
      #expect(throws: MessageError.self) { try Samples.decode(sent.encoded(), payloadByteCount: byteCount) }
    }
    var words = tensor
    words.packing?.wordCount = 91
    #expect(throws: MessageError.malformed("tensor.byte_count is 364; accepted are 0 to 360")) {
      try Samples.envelope(.weights(Weights(version: 1, tensor: words))).encoded()
    }
  }

  @Test func refusesMoreSquaresThanAPushMayHold() throws {
    func push(_ count: Int) -> Message {
      .push(
        Push(
          step: 0, node: ReductionTree.Node(start: 0, count: 1), tally: Tally(lossSum: 0, correct: 0, samples: 1),
          squares: [Double](repeating: 1, count: count),
          tensor: TensorHeader(elementType: .float64, offset: 0, count: 3)))
    }
    let sent = Samples.envelope(push(Limits.filters))
    #expect(try Samples.decode(sent.encoded(), payloadByteCount: 24) == sent)
    #expect(throws: MessageError.malformed("the length of push.squares is 262145; accepted are 0 to 262144")) {
      try Samples.envelope(push(Limits.filters + 1)).encoded()
    }
  }

  @Test func refusesAHeaderAboveTheLimit() {
    #expect(throws: MessageError.malformed("the header has 5242881 bytes; accepted are at most 5242880")) {
      try Samples.decode([UInt8](repeating: 0, count: Limits.header + 1))
    }
  }
}
