import Messages
import Parameters

extension FuzzTarget {
  /// Four little-endian bytes with the length of the payload, all ones for none, followed by a header frame.
  static let message = FuzzTarget(
    "message", seeds: MessageInput.seeds,
    hostile: {
      let pull = MessageInput.seed(.pull(Pull(version: 1)))
      let tinyFields = [[UInt8]](repeating: [0xF8, 0x7F, 0], count: 1 << 20).flatMap { $0 }
      let openGroups = [UInt8](repeating: 0x0B, count: 1 << 20)
      return [("tiny fields", pull + tinyFields), ("open groups", pull + openGroups)]
    }
  ) { bytes in
    guard bytes.count >= 4 else { return false }
    let length = bytes[..<4].reversed().reduce(0) { $0 << 8 | Int($1) }
    let payload = length == Int(UInt32.max) ? nil : length
    guard let envelope = try? MessageInput.decode(Array(bytes[4...]), payload) else { return false }
    // A decoded message can be encoded again without a change; bytes are compared because a loss may be NaN.
    guard let encoded = try? envelope.encoded(), let again = try? MessageInput.decode(encoded, payload) else {
      preconditionFailure("a message that was read cannot be written")
    }
    precondition((try? again.encoded()) == encoded, "a message changes when it is read")
    if let place = envelope.sharedTensor, let tensor = envelope.message.tensor {
      for byteCount in [4096, 1 << 20, 1 << 50] {
        guard let range = try? place.range(of: tensor, in: byteCount) else { continue }
        precondition(
          range.lowerBound >= 0 && range.upperBound <= byteCount && range.count == tensor.byteCount,
          "a tensor lies outside of its segment")
      }
    }
    return true
  }
}

private enum MessageInput {
  static let session: UInt64 = 0xFEED_FACE_CAFE_BEEF

  static func decode(_ header: [UInt8], _ payload: Int?) throws(MessageError) -> Envelope {
    try Envelope(decoding: unsafe header.span.bytes, payloadByteCount: payload, session: session)
  }

  static func seed(_ message: Message, in shared: SharedTensor? = nil) -> [UInt8] {
    let payload = shared == nil ? message.tensor.map { UInt32($0.byteCount) } ?? .max : .max
    let header = try? Envelope(session: session, generation: 2, message: message, sharedTensor: shared).encoded()
    return (0..<4).map { UInt8(truncatingIfNeeded: payload >> (8 * $0)) } + (header ?? [])
  }

  static var seeds: [[UInt8]] {
    let node = ReductionTree.Node(start: 4, count: 2)
    let tensor = TensorHeader(elementType: .float32, offset: 4608, count: 1000)
    let memory = MemoryAddress(process: 4711, descriptor: 9, inode: 77, byteCount: 4096)
    let shared = SharedTensor(page: 5, segment: 7, offset: 64, entry: 3, number: 12)
    let messages: [Message] = [
      .hello(
        Hello(role: .worker, rank: 0, specHash: "c0ffee", host: "h", processID: 4711, threads: 2, incarnation: 9)),
      .welcome(Welcome(rank: 3, specJSON: #"{"seed":1}"#, specHash: "c0ffee", serverCount: 2, workerCount: 4)),
      .refused(Refused(exitCode: 69, sentence: "no")),
      .ready(Ready(fingerprint: "f1", endpoint: "tcp://127.0.0.1:4000", isa: "x86-64-v4")),
      .rejoin,
      .statusRequest(StatusRequest(drain: 3)),
      .statusReply(
        StatusReply(
          members: [.init(role: .worker, rank: 3, host: "b", processID: 8, progress: 123, microbatches: 4)],
          version: 40, sentence: "worker 1 drained", isRefused: true)),
      .serverOrders(
        ServerOrders(
          number: 3, version: 7, horizon: 1 << 40, collect: 300, reported: 40, contributors: [.init(rank: 0, badge: 7)])
      ),
      .workerOrders(
        WorkerOrders(
          number: 3, version: 7, endpoints: ["ipc:///tmp/a", "b"], nodes: [node, node],
          evaluation: .init(version: 100, nodes: [node]))),
      .heartbeat(Heartbeat(progress: 5, orders: 3, pending: 2, clock: 7.5, receivedBytes: 300)),
      .spans(
        Spans(
          thread: "computes", began: 12, spans: [.init(.compute, nanoseconds: 300, step: 1)], clock: "c", leastLag: 0.5,
          isLast: true)),
      .stepReport(
        StepReport(
          step: 12, tally: Tally(lossSum: 0.5, correct: 0, samples: 128), steps: 1, nonFinite: "conv1.weight",
          senders: [3],
          partials: TensorHeader(elementType: .float64, offset: 0, count: 24))),
      .evaluated(Evaluated(version: 100, node: node, tally: Tally(lossSum: -2.5, correct: 0, samples: 500))),
      .fetch(Fetch(version: 100, part: .optimizerState(1), range: 5..<12)),
      .state(
        State(version: 100, part: .optimizerState(1), tensor: tensor, tally: Tally(lossSum: 1, samples: 64), steps: 2)),
      .stop(Stop(exitCode: 130, sentence: "")),
      .failed(Failed(exitCode: 70, sentence: "loss is not finite", step: 9, layer: "conv2")),
      .pull(Pull(version: 1 << 62)),
      .pull(Pull(version: 9, offset: 4608, base: 8)),
      .weights(Weights(version: 8, tensor: tensor)),
      .weights(
        Weights(
          version: 8,
          tensor: TensorHeader(
            elementType: .float32, offset: 4608, count: 1000, packing: .init(format: .int8, wordCount: 258)))),
      .push(
        Push(
          step: 8, node: node, tally: Tally(lossSum: 2, correct: 3, samples: 64), squares: [0.1, -0.0], errors: [0.25],
          tensor: tensor)),
      .answer(Answer(kind: .wrongGeneration, version: 9, generation: 3, sentence: "older")),
      .sharedMemoryOffer(SharedMemoryOffer(segment: 7, memory: memory)),
      .sharedMemoryAnswer(SharedMemoryAnswer(segment: 7, kind: .accepted(page: 5, memory))),
      .sharedMemoryAnswer(SharedMemoryAnswer(segment: 7, kind: .unknown(page: 5))),
    ]
    return messages.map { seed($0) } + [seed(.weights(Weights(version: 8, tensor: tensor)), in: shared)]
  }
}
