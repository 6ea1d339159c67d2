/// Everything that members of a run say to each other.
package enum Message: Hashable, Sendable {
  // Becoming a member.
  case hello(Hello)
  case welcome(Welcome)
  case refused(Refused)
  case ready(Ready)

  // A run under way.
  case begin(Begin)
  case horizon(Horizon)
  case heartbeat(Heartbeat)
  case stepReport(StepReport)
  case evaluate(Evaluate)
  case evaluated(Evaluated)
  case collect(Collect)
  case shard(Shard)
  case stop(Stop)
  case failed(Failed)

  // The data plane.
  case pull(Pull)
  case weights(Weights)
  case push(Push)
  case answer(Answer)

  /// What the payload frame behind this message holds; `nil` if none follows.
  package var tensor: TensorHeader? {
    switch self {
    case .stepReport(let body): body.partials
    case .shard(let body): body.tensor
    case .weights(let body): body.tensor
    case .push(let body): body.tensor
    default: nil
    }
  }
}
