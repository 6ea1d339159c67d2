import Messages
import Parameters

extension HotPath {
  static let messages = [
    HotPath("message encode") { { consume(try envelope.encoded()) } },
    HotPath("message decode") {
      let header = try envelope.encoded()
      return { consume(try unsafe Envelope(decoding: header.span.bytes, payloadByteCount: 4096, session: 7)) }
    },
  ]

  private static let envelope = Envelope(
    session: 7, generation: 1,
    message: .push(
      Push(
        step: 100, node: ReductionTree.Node(start: 0, count: 4), tally: Tally(),
        squares: (0..<64).map { Double($0) / 7 },
        tensor: TensorHeader(elementType: .float32, offset: 0, count: 1024))))
}
