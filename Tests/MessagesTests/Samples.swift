import Messages
import Parameters

/// One or two values of every message, by the names that golden.py gives them.
enum Samples {
  static let session: UInt64 = 0xFEED_FACE_CAFE_BEEF
  /// As it lies in a frame.
  static let sessionBytes: [UInt8] = [0xEF, 0xBE, 0xFE, 0xCA, 0xCE, 0xFA, 0xED, 0xFE]
  private static let node = ReductionTree.Node(start: 4, count: 2)
  private static let tensor = TensorHeader(elementType: .float32, offset: 4608, count: 1000)

  static let messages: [(name: String, message: Message)] = [
    (
      "hello",
      .hello(
        Hello(
          role: .worker, rank: 0, specHash: "c0ffee", host: "knoten-ä", processID: 4711, threads: 2,
          incarnation: 0x0123_4567_89AB_CDEF))
    ),
    (
      "hello without rank",
      .hello(Hello(role: .server, rank: nil, specHash: "", host: "h", processID: 1, threads: 1, incarnation: 0))
    ),
    (
      "welcome",
      .welcome(Welcome(rank: 3, specJSON: #"{"seed": 1}"#, specHash: "c0ffee", serverCount: 2, workerCount: 4))
    ),
    ("refused", .refused(Refused(exitCode: 69, sentence: "the spec differs"))),
    ("ready", .ready(Ready(fingerprint: "f1", endpoint: "tcp://127.0.0.1:40001", isa: "x86-64-v4"))),
    (
      "begin",
      .begin(
        Begin(
          version: 7, endpoints: ["ipc:///tmp/a", "ipc:///tmp/b"],
          nodes: [ReductionTree.Node(start: 0, count: 4), node], horizon: 1 << 40))
    ),
    ("horizon", .horizon(Horizon(version: 300))),
    ("heartbeat", .heartbeat(Heartbeat(progress: 0))),
    (
      "step report",
      .stepReport(StepReport(step: 12, lossSum: 294.5, correct: 13, samples: 128, steps: 3))
    ),
    (
      "step report with fault",
      .stepReport(
        StepReport(
          step: 12, lossSum: .infinity, correct: 0, samples: 128, steps: 1, nonFinite: "conv1.weight",
          partials: TensorHeader(elementType: .float64, offset: 0, count: 24)))
    ),
    ("evaluate", .evaluate(Evaluate(version: 100, nodes: [node], chunkCount: 40, part: .test))),
    (
      "evaluated",
      .evaluated(Evaluated(version: 100, part: .training, node: node, lossSum: -2.5, correct: 0, samples: 500))
    ),
    ("collect", .collect(Collect(version: 100))),
    ("shard", .shard(Shard(version: 100, tensor: tensor))),
    ("stop", .stop(Stop(exitCode: 130, sentence: ""))),
    ("failed", .failed(Failed(exitCode: 70, sentence: "loss is not finite", step: 9, layer: "conv2"))),
    ("pull", .pull(Pull(version: 1 << 62))),
    ("weights", .weights(Weights(version: 8, tensor: tensor))),
    (
      "push",
      .push(Push(step: 8, node: node, lossSum: 2.302585092994046, correct: 3, samples: 64, tensor: tensor))
    ),
    (
      "push with squares",
      .push(
        Push(
          step: 8, node: node, lossSum: 0.5, correct: 3, samples: 64, squares: [0.1, -0.0, .infinity, 1e-300],
          tensor: tensor))
    ),
    ("answer", .answer(Answer(kind: .wrongGeneration, version: 9, generation: 3, sentence: "older"))),
  ]

  static func envelope(_ message: Message) -> Envelope {
    Envelope(session: session, generation: 2, message: message)
  }

  static func decode(_ header: [UInt8], payloadByteCount: Int? = nil) throws(MessageError) -> Envelope {
    try Envelope(decoding: unsafe header.span.bytes, payloadByteCount: payloadByteCount, session: session)
  }
}
