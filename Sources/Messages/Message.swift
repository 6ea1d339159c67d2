package import Parameters

/// All messages between the processes of a run.
package enum Message: Hashable, Sendable {
  // Joining.
  case hello(Hello)
  case welcome(Welcome)
  case refused(Refused)
  case ready(Ready)
  case rejoin
  case statusRequest(StatusRequest)
  case statusReply(StatusReply)

  // Control plane of a run in progress.
  case serverOrders(ServerOrders)
  case workerOrders(WorkerOrders)
  case heartbeat(Heartbeat)
  case stepReport(StepReport)
  case evaluated(Evaluated)
  case fetch(Fetch)
  case state(State)
  case stop(Stop)
  case failed(Failed)
  case microbatchRequest(MicrobatchRequest)
  case microbatchGrant(MicrobatchGrant)
  case spans(Spans)

  // The data plane.
  case pull(Pull)
  case weights(Weights)
  case push(Push)
  case answer(Answer)

  // Hosts and their pool.
  case hostHello(HostFacts)
  case hostOrders(HostOrders)
  case hostReport(HostReport)
  case hostProbe(HostProbe)
  case hostProbeReply(HostProbeReply)

  // Between the two ends of a connection; its users don't see them.
  case tensorChannelRequest
  case tensorChannelOffer(TensorChannelOffer)
  case sharedMemoryOffer(SharedMemoryOffer)
  case sharedMemoryAnswer(SharedMemoryAnswer)

  /// Whether only the two ends of a connection see it.
  package var isOfTransport: Bool {
    switch self {
    case .tensorChannelRequest, .tensorChannelOffer, .sharedMemoryOffer, .sharedMemoryAnswer: true
    default: false
    }
  }

  /// Describes the payload frame that follows this message; `nil` if none follows.
  package var tensor: TensorHeader? {
    switch self {
    case .stepReport(let body): body.partials
    case .state(let body): body.tensor
    case .weights(let body): body.tensor
    case .push(let body): body.tensor
    case .hostProbe(let body): body.tensor
    default: nil
    }
  }
}
