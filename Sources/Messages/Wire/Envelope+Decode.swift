import CTareMessages
import Parameters

extension Envelope {
  /// Decodes a header frame. No input makes it crash or allocate more memory than a constant multiple of its size.
  ///
  /// - Parameters:
  ///   - payloadByteCount: length of the frame that follows; `nil` if there is none.
  ///   - session: the expected session. Messages of other sessions are refused before anything else is checked, then
  ///     those of other protocol versions.
  package init(decoding header: RawSpan, payloadByteCount: Int?, session: UInt64) throws(MessageError) {
    guard header.byteCount <= Limits.header else {
      throw .malformed("the header has \(header.byteCount) bytes; accepted are at most \(Limits.header)")
    }
    try Self.checkPreamble(header, session: session)
    self = try Self.unpack(header)
    if sharedTensor != nil {
      guard message.tensor != nil, payloadByteCount == nil else {
        throw .malformed("shared_tensor comes with a payload, or without a tensor")
      }
      return
    }
    guard payloadByteCount == message.tensor?.byteCount else {
      let expected = message.tensor.map { "\($0.byteCount) bytes" } ?? "none"
      let found = payloadByteCount.map { "\($0) bytes" } ?? "none"
      throw .malformed("the payload has \(found); the header announces \(expected)")
    }
  }

  private static func checkPreamble(_ header: RawSpan, session: UInt64) throws(MessageError) {
    // Unauthenticated input: the budget allows one copy of the frame and only a few fields.
    let budget = Budget(bytes: 4096 + header.byteCount)
    let unpacked = unsafe header.withUnsafeBytes { bytes in
      unsafe tare__v1__preamble__unpack(
        budget.allocator, bytes.count, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self))
    }
    guard let preamble = unsafe unpacked else { throw .malformed("the header is not in the wire format") }
    defer { unsafe tare__v1__preamble__free_unpacked(preamble, budget.allocator) }
    guard unsafe preamble.pointee.session != 0 else { throw .malformed("the header names no session") }
    guard unsafe preamble.pointee.session == session else { throw unsafe .wrongSession(preamble.pointee.session) }
    guard unsafe preamble.pointee.protocol_version == protocolVersion else {
      throw unsafe .wrongVersion(preamble.pointee.protocol_version)
    }
  }

  private static func unpack(_ header: RawSpan) throws(MessageError) -> Envelope {
    // The valid frame with the largest expansion is a list of nodes: four bytes on the wire become a struct of 40
    // bytes, a pointer, and up to two scanner entries of 40 bytes each.
    let budget = Budget(bytes: 16384 + 32 * header.byteCount)
    let unpacked = unsafe header.withUnsafeBytes { bytes in
      unsafe tare__v1__envelope__unpack(
        budget.allocator, bytes.count, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self))
    }
    guard let envelope = unsafe unpacked else { throw .malformed("the header is not in the wire format") }
    defer { unsafe tare__v1__envelope__free_unpacked(envelope, budget.allocator) }
    return Envelope(
      session: unsafe envelope.pointee.session, generation: unsafe envelope.pointee.generation,
      message: try unsafe Message(envelope.pointee),
      sharedTensor: unsafe envelope.pointee.shared_tensor == nil
        ? nil : try unsafe SharedTensor(at: envelope.pointee.shared_tensor, "shared_tensor"))
  }
}

extension Message {
  fileprivate init(_ wire: Tare__V1__Envelope) throws(MessageError) {
    self =
      switch unsafe wire.body_case {
      case TARE__V1__ENVELOPE__BODY_HELLO: .hello(try unsafe Hello(at: wire.hello, "hello"))
      case TARE__V1__ENVELOPE__BODY_WELCOME: .welcome(try unsafe Welcome(at: wire.welcome, "welcome"))
      case TARE__V1__ENVELOPE__BODY_REFUSED: .refused(try unsafe Refused(at: wire.refused, "refused"))
      case TARE__V1__ENVELOPE__BODY_READY: .ready(try unsafe Ready(at: wire.ready, "ready"))
      case TARE__V1__ENVELOPE__BODY_REJOIN: .rejoin
      case TARE__V1__ENVELOPE__BODY_STATUS_REQUEST:
        .statusRequest(try unsafe StatusRequest(at: wire.status_request, "statusRequest"))
      case TARE__V1__ENVELOPE__BODY_STATUS_REPLY:
        .statusReply(try unsafe StatusReply(at: wire.status_reply, "statusReply"))
      case TARE__V1__ENVELOPE__BODY_SERVER_ORDERS:
        .serverOrders(try unsafe ServerOrders(at: wire.server_orders, "server_orders"))
      case TARE__V1__ENVELOPE__BODY_WORKER_ORDERS:
        .workerOrders(try unsafe WorkerOrders(at: wire.worker_orders, "worker_orders"))
      case TARE__V1__ENVELOPE__BODY_HEARTBEAT: .heartbeat(try unsafe Heartbeat(at: wire.heartbeat, "heartbeat"))
      case TARE__V1__ENVELOPE__BODY_STEP_REPORT:
        .stepReport(try unsafe StepReport(at: wire.step_report, "step_report"))
      case TARE__V1__ENVELOPE__BODY_EVALUATED: .evaluated(try unsafe Evaluated(at: wire.evaluated, "evaluated"))
      case TARE__V1__ENVELOPE__BODY_FETCH: .fetch(try unsafe Fetch(at: wire.fetch, "fetch"))
      case TARE__V1__ENVELOPE__BODY_STATE: .state(try unsafe State(at: wire.state, "state"))
      case TARE__V1__ENVELOPE__BODY_STOP: .stop(try unsafe Stop(at: wire.stop, "stop"))
      case TARE__V1__ENVELOPE__BODY_FAILED: .failed(try unsafe Failed(at: wire.failed, "failed"))
      case TARE__V1__ENVELOPE__BODY_MICROBATCH_REQUEST:
        .microbatchRequest(try unsafe MicrobatchRequest(at: wire.microbatch_request, "microbatch_request"))
      case TARE__V1__ENVELOPE__BODY_MICROBATCH_GRANT:
        .microbatchGrant(try unsafe MicrobatchGrant(at: wire.microbatch_grant, "microbatch_grant"))
      case TARE__V1__ENVELOPE__BODY_SPANS: .spans(try unsafe Spans(at: wire.spans, "spans"))
      case TARE__V1__ENVELOPE__BODY_PULL: .pull(try unsafe Pull(at: wire.pull, "pull"))
      case TARE__V1__ENVELOPE__BODY_WEIGHTS: .weights(try unsafe Weights(at: wire.weights, "weights"))
      case TARE__V1__ENVELOPE__BODY_PUSH: .push(try unsafe Push(at: wire.push, "push"))
      case TARE__V1__ENVELOPE__BODY_ANSWER: .answer(try unsafe Answer(at: wire.answer, "answer"))
      case TARE__V1__ENVELOPE__BODY_HOST_HELLO:
        .hostHello(try unsafe HostFacts(at: wire.host_hello, "host_hello"))
      case TARE__V1__ENVELOPE__BODY_HOST_ORDERS:
        .hostOrders(try unsafe HostOrders(at: wire.host_orders, "host_orders"))
      case TARE__V1__ENVELOPE__BODY_HOST_REPORT:
        .hostReport(try unsafe HostReport(at: wire.host_report, "host_report"))
      case TARE__V1__ENVELOPE__BODY_HOST_PROBE:
        .hostProbe(try unsafe HostProbe(at: wire.host_probe, "host_probe"))
      case TARE__V1__ENVELOPE__BODY_HOST_PROBE_REPLY:
        .hostProbeReply(try unsafe HostProbeReply(at: wire.host_probe_reply, "host_probe_reply"))
      case TARE__V1__ENVELOPE__BODY_TENSOR_CHANNEL_REQUEST: .tensorChannelRequest
      case TARE__V1__ENVELOPE__BODY_TENSOR_CHANNEL_OFFER:
        .tensorChannelOffer(try unsafe TensorChannelOffer(at: wire.tensor_channel_offer, "tensor_channel_offer"))
      case TARE__V1__ENVELOPE__BODY_SHARED_MEMORY_OFFER:
        .sharedMemoryOffer(try unsafe SharedMemoryOffer(at: wire.shared_memory_offer, "shared_memory_offer"))
      case TARE__V1__ENVELOPE__BODY_SHARED_MEMORY_ANSWER:
        .sharedMemoryAnswer(try unsafe SharedMemoryAnswer(at: wire.shared_memory_answer, "shared_memory_answer"))
      default: throw .malformed("the header has no body that this version knows")
      }
  }
}
