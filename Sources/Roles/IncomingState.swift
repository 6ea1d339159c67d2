package import Messages
package import ParameterServer
package import Parameters
package import Transport

/// The state that a server has fetched, as its parts arrive.
package struct IncomingState<Scalar: KernelScalar> {
  private let stateCount: Int
  private let elements: Int
  private let windowDoubles: Int
  private var key: (generation: UInt64, version: Int) = (0, 0)
  private var weights: Buffer<Scalar>?
  private var windows: [Double]?
  private var optimizerState: [Int: Buffer<Scalar>] = [:]

  /// - Parameter shard: whose state it will be.
  package init(for shard: ParameterShard<Scalar>) {
    stateCount = shard.stateCount
    elements = shard.count
    windowDoubles = shard.windowDoubles
  }

  /// Takes one part; the state, once all parts of one generation are here. What does not fit the shard is dropped.
  package mutating func insert(_ message: State, _ payload: Payload, generation: UInt64) -> ShardState<Scalar>? {
    if key != (generation, message.version) {
      key = (generation, message.version)
      (weights, windows, optimizerState) = (nil, nil, [:])
    }
    switch message.part {
    case .windows:
      guard message.tensor.count == windowDoubles else { return nil }
      windows = try? payload.buffer(of: Double.self).values
    case .weights:
      guard message.tensor.count == elements else { return nil }
      weights = try? payload.buffer(of: Scalar.self)
    case .optimizerState(let k):
      guard message.tensor.count == elements, k < stateCount else { return nil }
      optimizerState[k] = try? payload.buffer(of: Scalar.self)
    }
    guard let weights, let windows, optimizerState.count == stateCount else { return nil }
    return ShardState(
      version: message.version, weights: weights, optimizerState: (0..<stateCount).compactMap { optimizerState[$0] },
      windows: windows, tally: message.tally, steps: message.steps)
  }
}
