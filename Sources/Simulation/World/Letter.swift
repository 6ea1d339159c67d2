import Coordination
import Messages
import ParameterServer
import Parameters
import Worker

/// The messages of a simulated run.
enum Letter {
  // Member → coordinator.
  case hello(Coordinator<Int>.Hello)
  case ready
  case heartbeat(Pulse)
  case fetch(generation: UInt64, version: Int)
  case state(generation: UInt64, ShardState<Float>)
  case report(generation: UInt64, WindowReport)
  case failed(exitCode: Int32, String)
  case evaluated(generation: UInt64, version: Int, ReductionTree.Node, Tally)
  case microbatchRequest(generation: UInt64, MicrobatchRequest)
  // Coordinator → member.
  case welcome(Member)
  case refused(exitCode: Int32, String)
  case rejoin
  case alive
  case serverOrders(generation: UInt64, ServerOrders)
  case workerOrders(generation: UInt64, WorkerOrders)
  case microbatchGrant(generation: UInt64, MicrobatchGrant)
  case restored(generation: UInt64, ShardState<Float>)
  case stop(exitCode: Int32, String)
  // Worker → server and back.
  /// Segments are counted among those of the server.
  case pull(generation: UInt64, segment: Int, version: Int, base: Int?)
  case push(generation: UInt64, ParameterServer<Float, Int>.Push)
  case weights(generation: UInt64, segment: Int, version: Int, Buffer<Float>, isPacked: Bool)
  case answer(generation: UInt64, Messages.Answer)
}
