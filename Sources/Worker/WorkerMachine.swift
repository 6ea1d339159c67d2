package import Parameters

/// A worker's part of the protocol: events in, effects out; no I/O, no clock, no randomness.
package protocol WorkerMachine<Scalar> {
  associatedtype Scalar: KernelScalar
  /// The generation of the latest orders; 0 before the first.
  var generation: UInt64 { get }
  /// The number of the latest orders.
  var ordersNumber: Int { get }
  /// The servers that owe this worker an answer or weights, in order.
  var awaitedServers: [Int] { get }
  /// Whether it has nothing to do until the coordinator hands out microbatches.
  var awaitsMicrobatches: Bool { get }
  /// How often each guard has refused an event.
  var refused: [WorkerGuard: Int] { get set }

  /// Handles one event and returns the resulting effects, in order.
  mutating func handle(_ event: Worker<Scalar>.Event) -> [Worker<Scalar>.Effect]
}
