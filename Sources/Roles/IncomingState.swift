import Messages
import ParameterServer
import Parameters
import Transport

/// The state that a server has fetched, as its parts arrive.
struct IncomingState<Scalar: KernelScalar> {
  private let memoryCount: Int
  private let elements: Int
  private let windowDoubles: Int
  private var key: (generation: UInt64, version: Int) = (0, 0)
  private var weights: Buffer<Scalar>?
  private var windows: [Double]?
  private var memory: [Int: Buffer<Scalar>] = [:]

  /// - Parameter shard: whose state it will be.
  init(for shard: ParameterShard<Scalar>) {
    memoryCount = shard.memoryCount
    elements = shard.count
    windowDoubles = shard.windowDoubles
  }

  /// Takes one part; the state, once all parts of one generation are here. What does not fit the shard is dropped.
  mutating func insert(_ message: State, _ payload: Payload, generation: UInt64) -> ShardState<Scalar>? {
    if key != (generation, message.version) {
      key = (generation, message.version)
      (weights, windows, memory) = (nil, nil, [:])
    }
    switch message.part {
    case .windows:
      guard message.tensor.count == windowDoubles else { return nil }
      windows = try? payload.buffer(of: Double.self).values
    case .weights:
      guard message.tensor.count == elements else { return nil }
      weights = try? payload.buffer(of: Scalar.self)
    case .memory(let k):
      guard message.tensor.count == elements, k < memoryCount else { return nil }
      memory[k] = try? payload.buffer(of: Scalar.self)
    }
    guard let weights, let windows, memory.count == memoryCount else { return nil }
    return ShardState(
      version: message.version, weights: weights, memory: (0..<memoryCount).compactMap { memory[$0] },
      windows: windows, tally: message.tally, steps: message.steps)
  }
}
