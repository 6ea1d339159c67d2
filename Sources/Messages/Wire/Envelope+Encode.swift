import CTareMessages
import Parameters

extension Envelope {
  /// Encodes the header frame.
  ///
  /// - Throws: if a field exceeds its limits.
  package func encoded() throws(MessageError) -> [UInt8] {
    guard session != 0 else { throw .malformed("session is 0; accepted is any other number") }
    let draft = Draft()
    let wire = unsafe draft.make(tare__v1__envelope__init)
    unsafe wire.pointee.protocol_version = Self.protocolVersion
    unsafe wire.pointee.session = session
    unsafe wire.pointee.generation = generation
    if let sharedTensor {
      unsafe wire.pointee.shared_tensor = try draft.make(sharedTensor, tare__v1__shared_tensor__init)
    }
    try unsafe message.write(to: &wire.pointee, in: draft)
    let size = unsafe tare__v1__envelope__get_packed_size(wire)
    guard size <= Limits.header else {
      throw .malformed("the header has \(size) bytes; accepted are at most \(Limits.header)")
    }
    return unsafe [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      count = unsafe tare__v1__envelope__pack(wire, buffer.baseAddress)
    }
  }
}

extension Message {
  fileprivate func write(to wire: inout Tare__V1__Envelope, in draft: Draft) throws(MessageError) {
    switch self {
    case .hello(let body):
      unsafe wire.body_case = TARE__V1__ENVELOPE__BODY_HELLO
      unsafe wire.hello = try draft.make(body, tare__v1__hello__init)
    case .welcome(let body):
      unsafe wire.body_case = TARE__V1__ENVELOPE__BODY_WELCOME
      unsafe wire.welcome = try draft.make(body, tare__v1__welcome__init)
    case .refused(let body):
      unsafe wire.body_case = TARE__V1__ENVELOPE__BODY_REFUSED
      unsafe wire.refused = try draft.make(body, tare__v1__refused__init)
    case .ready(let body):
      unsafe wire.body_case = TARE__V1__ENVELOPE__BODY_READY
      unsafe wire.ready = try draft.make(body, tare__v1__ready__init)
    case .rejoin:
      unsafe wire.body_case = TARE__V1__ENVELOPE__BODY_REJOIN
      unsafe wire.rejoin = draft.make(tare__v1__rejoin__init)
    case .statusRequest(let body):
      unsafe wire.body_case = TARE__V1__ENVELOPE__BODY_STATUS_REQUEST
      unsafe wire.status_request = try draft.make(body, tare__v1__status_request__init)
    case .statusReply(let body):
      unsafe wire.body_case = TARE__V1__ENVELOPE__BODY_STATUS_REPLY
      unsafe wire.status_reply = try draft.make(body, tare__v1__status_reply__init)
    case .serverOrders(let body):
      unsafe wire.body_case = TARE__V1__ENVELOPE__BODY_SERVER_ORDERS
      unsafe wire.server_orders = try draft.make(body, tare__v1__server_orders__init)
    case .workerOrders(let body):
      unsafe wire.body_case = TARE__V1__ENVELOPE__BODY_WORKER_ORDERS
      unsafe wire.worker_orders = try draft.make(body, tare__v1__worker_orders__init)
    case .heartbeat(let body):
      unsafe wire.body_case = TARE__V1__ENVELOPE__BODY_HEARTBEAT
      unsafe wire.heartbeat = try draft.make(body, tare__v1__heartbeat__init)
    case .stepReport(let body):
      unsafe wire.body_case = TARE__V1__ENVELOPE__BODY_STEP_REPORT
      unsafe wire.step_report = try draft.make(body, tare__v1__step_report__init)
    case .evaluated(let body):
      unsafe wire.body_case = TARE__V1__ENVELOPE__BODY_EVALUATED
      unsafe wire.evaluated = try draft.make(body, tare__v1__evaluated__init)
    case .fetch(let body):
      unsafe wire.body_case = TARE__V1__ENVELOPE__BODY_FETCH
      unsafe wire.fetch = try draft.make(body, tare__v1__fetch__init)
    case .state(let body):
      unsafe wire.body_case = TARE__V1__ENVELOPE__BODY_STATE
      unsafe wire.state = try draft.make(body, tare__v1__state__init)
    case .stop(let body):
      unsafe wire.body_case = TARE__V1__ENVELOPE__BODY_STOP
      unsafe wire.stop = try draft.make(body, tare__v1__stop__init)
    case .failed(let body):
      unsafe wire.body_case = TARE__V1__ENVELOPE__BODY_FAILED
      unsafe wire.failed = try draft.make(body, tare__v1__failed__init)
    case .microbatchRequest(let body):
      unsafe wire.body_case = TARE__V1__ENVELOPE__BODY_MICROBATCH_REQUEST
      unsafe wire.microbatch_request = try draft.make(body, tare__v1__microbatch_request__init)
    case .microbatchGrant(let body):
      unsafe wire.body_case = TARE__V1__ENVELOPE__BODY_MICROBATCH_GRANT
      unsafe wire.microbatch_grant = try draft.make(body, tare__v1__microbatch_grant__init)
    case .spans(let body):
      unsafe wire.body_case = TARE__V1__ENVELOPE__BODY_SPANS
      unsafe wire.spans = try draft.make(body, tare__v1__spans__init)
    case .pull(let body):
      unsafe wire.body_case = TARE__V1__ENVELOPE__BODY_PULL
      unsafe wire.pull = try draft.make(body, tare__v1__pull__init)
    case .weights(let body):
      unsafe wire.body_case = TARE__V1__ENVELOPE__BODY_WEIGHTS
      unsafe wire.weights = try draft.make(body, tare__v1__weights__init)
    case .push(let body):
      unsafe wire.body_case = TARE__V1__ENVELOPE__BODY_PUSH
      unsafe wire.push = try draft.make(body, tare__v1__push__init)
    case .answer(let body):
      unsafe wire.body_case = TARE__V1__ENVELOPE__BODY_ANSWER
      unsafe wire.answer = try draft.make(body, tare__v1__answer__init)
    case .hostHello(let body):
      unsafe wire.body_case = TARE__V1__ENVELOPE__BODY_HOST_HELLO
      unsafe wire.host_hello = try draft.make(body, tare__v1__host_hello__init)
    case .hostOrders(let body):
      unsafe wire.body_case = TARE__V1__ENVELOPE__BODY_HOST_ORDERS
      unsafe wire.host_orders = try draft.make(body, tare__v1__host_orders__init)
    case .hostReport(let body):
      unsafe wire.body_case = TARE__V1__ENVELOPE__BODY_HOST_REPORT
      unsafe wire.host_report = try draft.make(body, tare__v1__host_report__init)
    case .hostProbe(let body):
      unsafe wire.body_case = TARE__V1__ENVELOPE__BODY_HOST_PROBE
      unsafe wire.host_probe = try draft.make(body, tare__v1__host_probe__init)
    case .hostProbeReply(let body):
      unsafe wire.body_case = TARE__V1__ENVELOPE__BODY_HOST_PROBE_REPLY
      unsafe wire.host_probe_reply = try draft.make(body, tare__v1__host_probe_reply__init)
    case .tensorChannelRequest:
      unsafe wire.body_case = TARE__V1__ENVELOPE__BODY_TENSOR_CHANNEL_REQUEST
      unsafe wire.tensor_channel_request = draft.make(tare__v1__tensor_channel_request__init)
    case .tensorChannelOffer(let body):
      unsafe wire.body_case = TARE__V1__ENVELOPE__BODY_TENSOR_CHANNEL_OFFER
      unsafe wire.tensor_channel_offer = try draft.make(body, tare__v1__tensor_channel_offer__init)
    case .sharedMemoryOffer(let body):
      unsafe wire.body_case = TARE__V1__ENVELOPE__BODY_SHARED_MEMORY_OFFER
      unsafe wire.shared_memory_offer = try draft.make(body, tare__v1__shared_memory_offer__init)
    case .sharedMemoryAnswer(let body):
      unsafe wire.body_case = TARE__V1__ENVELOPE__BODY_SHARED_MEMORY_ANSWER
      unsafe wire.shared_memory_answer = try draft.make(body, tare__v1__shared_memory_answer__init)
    }
  }
}
