import Coordination
import Messages

extension MemberSession.Event {
  /// What a message of the coordinator means to the session of a member that asks for `role`.
  init(_ envelope: Envelope, to role: Member.Role) {
    self =
      switch envelope.message {
      case .welcome(let welcome): .welcomed(Member(role, welcome.rank))
      case .refused(let refused): .refused(exitCode: Int32(refused.exitCode), sentence: refused.sentence)
      case .stop(let stop): .stopped(exitCode: Int32(stop.exitCode), sentence: stop.sentence)
      case .rejoin: .rejoin
      case .serverOrders, .workerOrders: .orders(generation: envelope.generation)
      default: .heard
      }
  }
}
