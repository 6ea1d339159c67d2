import Messages
import Parameters

/// One or two values of every message, by the names that golden.py gives them.
enum Samples {
  static let session: UInt64 = 0xFEED_FACE_CAFE_BEEF
  /// The bytes in a frame.
  static let sessionBytes: [UInt8] = [0xEF, 0xBE, 0xFE, 0xCA, 0xCE, 0xFA, 0xED, 0xFE]
  private static let node = ReductionTree.Node(start: 4, count: 2)
  private static let tensor = TensorHeader(elementType: .float32, offset: 4608, count: 1000)
  private static let memory = MemoryAddress(process: 4711, descriptor: 9, inode: .max, byteCount: 1 << 40)

  private static var staleReport: StepReport {
    var tally = Tally(lossSum: 0.5, correct: 13, samples: 128)
    tally.staleness = Staleness(counts: [3, 0, 1], late: 2, rejected: 5)
    return StepReport(step: 12, tally: tally, steps: 3)
  }

  static let messages: [(name: String, message: Message)] = [
    (
      "hello",
      .hello(
        Hello(
          role: .worker, rank: 0, specHash: "c0ffee", host: "knoten-ä", processID: 4711, threads: 2,
          incarnation: 0x0123_4567_89AB_CDEF, badge: 0xFEDC_BA98_7654_3210))
    ),
    (
      "hello without rank",
      .hello(Hello(role: .server, rank: nil, specHash: "", host: "h", processID: 1, threads: 1, incarnation: 0))
    ),
    (
      "welcome",
      .welcome(Welcome(rank: 3, specJSON: #"{"seed": 1}"#, specHash: "c0ffee", serverCount: 2, workerCount: 4))
    ),
    (
      "welcome with trace",
      .welcome(
        Welcome(rank: 0, specJSON: "{}", specHash: "c0ffee", serverCount: 1, workerCount: 1, isTraced: true))
    ),
    ("refused", .refused(Refused(exitCode: 69, sentence: "the spec differs"))),
    ("ready", .ready(Ready(fingerprint: "f1", endpoint: "tcp://127.0.0.1:40001", isa: "x86-64-v4"))),
    ("rejoin", .rejoin),
    ("status request", .statusRequest(StatusRequest(drain: 0))),
    ("status request without drain", .statusRequest(StatusRequest())),
    (
      "status reply",
      .statusReply(
        StatusReply(
          members: [
            .init(role: .server, rank: 0, host: "a", processID: 7, progress: 40, microbatches: 0),
            .init(role: .worker, rank: 3, host: "b", processID: 8, progress: 123, microbatches: 4),
          ], version: 40, sentence: "worker 1 drained", isRefused: true))
    ),
    (
      "server orders",
      .serverOrders(
        ServerOrders(
          number: 3, version: 7, horizon: 1 << 40, collect: 0, reported: 40,
          contributors: [.init(rank: 0, badge: 7), .init(rank: 3, badge: 1 << 63)]))
    ),
    (
      "server orders without collect",
      .serverOrders(ServerOrders(number: 3, version: 0, horizon: 300, reported: 0))
    ),
    (
      "worker orders",
      .workerOrders(
        WorkerOrders(
          number: 3, version: 7, endpoints: ["ipc:///tmp/a", "ipc:///tmp/b"],
          nodes: [ReductionTree.Node(start: 0, count: 4), node],
          evaluation: .init(version: 100, nodes: [node])))
    ),
    ("heartbeat", .heartbeat(Heartbeat(progress: 0, orders: 3, pending: 2, refused: 5))),
    (
      "heartbeat with clock",
      .heartbeat(Heartbeat(progress: 7, clock: 1234.5, receivedBytes: 1 << 40, sentBytes: 99))
    ),
    (
      "spans",
      .spans(
        Spans(
          thread: "computes", began: 1234.5,
          spans: [
            .init(.wait, nanoseconds: 1 << 60, step: 0), .init(.compute, nanoseconds: 0, step: 1),
            .init(.copy, nanoseconds: 5, step: 1), .init(.wire, nanoseconds: 127, step: 1),
            .init(.sum, nanoseconds: 128, step: 1 << 62), .init(.update, nanoseconds: 129, step: 3),
          ], clock: "c0ffee", leastLag: -0.25, isLast: true))
    ),
    ("spans without lag", .spans(Spans(thread: "leads", began: 0, spans: []))),
    (
      "step report",
      .stepReport(StepReport(step: 12, tally: Tally(lossSum: 294.5, correct: 13, samples: 128), steps: 3))
    ),
    (
      "step report with fault",
      .stepReport(
        StepReport(
          step: 12, tally: Tally(lossSum: .infinity, correct: 0, samples: 128), steps: 1, nonFinite: "conv1.weight",
          senders: [0, 3],
          partials: TensorHeader(elementType: .float64, offset: 0, count: 24)))
    ),
    (
      "evaluated",
      .evaluated(Evaluated(version: 100, node: node, tally: Tally(lossSum: -2.5, correct: 0, samples: 500)))
    ),
    ("fetch", .fetch(Fetch(version: 100, part: .optimizerState(1), range: 5..<12))),
    (
      "state",
      .state(
        State(
          version: 100, part: .optimizerState(1), tensor: tensor, tally: Tally(lossSum: 1.5, correct: 3, samples: 64),
          steps: 2)
      )
    ),
    (
      "microbatch request",
      .microbatchRequest(MicrobatchRequest(number: 3, capacity: 4, applied: [7, 0, 1 << 40], returned: [5]))
    ),
    ("microbatch request with nothing", .microbatchRequest(MicrobatchRequest(number: 1, capacity: 2))),
    ("microbatch grant", .microbatchGrant(MicrobatchGrant(number: 3, microbatches: [5, 8, 1 << 40]))),
    ("step report with staleness", .stepReport(staleReport)),
    ("stop", .stop(Stop(exitCode: 130, sentence: ""))),
    ("failed", .failed(Failed(exitCode: 70, sentence: "loss is not finite", step: 9, layer: "conv2"))),
    ("pull", .pull(Pull(version: 1 << 62))),
    ("pull with offset", .pull(Pull(version: 8, offset: 4608))),
    ("pull with base", .pull(Pull(version: 9, offset: 4608, base: 0))),
    ("weights", .weights(Weights(version: 8, tensor: tensor))),
    (
      "weights with differences",
      .weights(
        Weights(
          version: 8,
          tensor: TensorHeader(
            elementType: .float32, offset: 4608, count: 1000, packing: .init(format: .int8, wordCount: 258))))
    ),
    (
      "push",
      .push(
        Push(step: 8, node: node, tally: Tally(lossSum: 2.302585092994046, correct: 3, samples: 64), tensor: tensor))
    ),
    (
      "push with squares",
      .push(
        Push(
          step: 8, node: node, tally: Tally(lossSum: 0.5, correct: 3, samples: 64),
          squares: [0.1, -0.0, .infinity, 1e-300],
          tensor: tensor))
    ),
    (
      "push with errors",
      .push(
        Push(
          step: 8, node: node, tally: Tally(), errors: [0.25, 1e-300],
          tensor: TensorHeader(
            elementType: .float32, offset: 4608, count: 1000, packing: .init(format: .bfloat16, wordCount: 500))))
    ),
    (
      "host hello",
      .hostHello(
        HostFacts(
          name: "node-ä", incarnation: 1 << 63, slots: 4, cores: 8, memory: 1 << 35, isa: "x86-64-v4", version: "0.1.0",
          address: "fd00::1")
      )
    ),
    (
      "host orders",
      .hostOrders(
        HostOrders(
          number: 7,
          processes: [
            HostedProcess(id: 1, role: .server, rank: 0, incarnation: 2, port: 40001, key: "c0ffee"),
            HostedProcess(
              id: 2, role: .worker, rank: 3, incarnation: 1 << 40, port: 65535, key: "c0ffee",
              isWithAll: true),
          ]))
    ),
    ("host orders without processes", .hostOrders(HostOrders(number: 0, processes: []))),
    ("host probe", .hostProbe(HostProbe(number: 1 << 40, tensor: tensor))),
    ("host probe without payload", .hostProbe(HostProbe(number: 0))),
    ("tensor channel request", .tensorChannelRequest),
    (
      "tensor channel offer",
      .tensorChannelOffer(
        TensorChannelOffer(port: 40001, password: "c0ffee", id: 0x0123_4567_89AB_CDEF, secret: "feed"))
    ),
    ("shared memory offer", .sharedMemoryOffer(SharedMemoryOffer(segment: 1 << 63, memory: memory))),
    (
      "shared memory answer",
      .sharedMemoryAnswer(SharedMemoryAnswer(segment: 7, kind: .accepted(page: 1 << 62, memory)))
    ),
    ("shared memory answer without memory", .sharedMemoryAnswer(SharedMemoryAnswer(segment: 7, kind: .declined))),
    (
      "shared memory answer with an unknown page",
      .sharedMemoryAnswer(SharedMemoryAnswer(segment: 0, kind: .unknown(page: 5)))
    ),
    ("host probe reply", .hostProbeReply(HostProbeReply(number: 1 << 40, time: 1_795_900_000.25))),
    ("host report", .hostReport(HostReport(number: 7, ended: [.init(id: 2, how: "signal 9")]))),
    ("answer with a microbatch", .answer(Answer(kind: .rejected, version: 9, generation: 3, microbatch: 1 << 40))),
    ("answer", .answer(Answer(kind: .wrongGeneration, version: 9, generation: 3, sentence: "older"))),
  ]

  /// A message whose tensor lies in shared memory.
  static let shared = Envelope(
    session: session, generation: 2, message: .weights(Weights(version: 8, tensor: tensor)),
    sharedTensor: SharedTensor(page: 1 << 63, segment: 7, offset: 1 << 40, entry: 255, number: 1 << 62))

  static func envelope(_ message: Message) -> Envelope {
    Envelope(session: session, generation: 2, message: message)
  }

  static func decode(_ header: [UInt8], payloadByteCount: Int? = nil) throws(MessageError) -> Envelope {
    try Envelope(decoding: unsafe header.span.bytes, payloadByteCount: payloadByteCount, session: session)
  }
}
