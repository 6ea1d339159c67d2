package import Messages
package import ParameterServer
package import Parameters
import RunDefinition
package import Transport

/// The state that a server fetches, piece by piece, into the memory with which its shard goes on.
package struct IncomingState<Scalar: KernelScalar> {
  package let generation: UInt64
  package let version: Int
  private let shard: Range<Int>
  private let windowDoubles: Int
  private let weights: Buffer<Scalar>
  private let optimizerState: [Buffer<Scalar>]
  private var windows: [Double]?
  /// What has not been asked for, the last first.
  private var rest: [Fetch]
  private var asked: Set<Fetch> = []

  /// Pieces that are on their way at one time.
  private static var most: Int { 4 }

  /// - Parameters:
  ///   - shard: whose state it will be. Its own is spoiled.
  ///   - range: where the shard lies in the flat vector.
  package init(generation: UInt64, version: Int, for shard: ParameterShard<Scalar>, at range: Range<Int>) {
    (self.generation, self.version) = (generation, version)
    self.shard = range
    windowDoubles = shard.windowDoubles
    (weights, optimizerState) = shard.room()
    let parts = [.weights] + optimizerState.indices.map(StatePart.optimizerState)
    let pieces = parts.flatMap { part in
      stride(from: range.lowerBound, to: range.upperBound, by: StatePiece.most).map {
        Fetch(version: version, part: part, range: $0..<min($0 + StatePiece.most, range.upperBound))
      }
    }
    rest = ([Fetch(version: version)] + pieces).reversed()
  }

  /// What to ask for now.
  package mutating func wanted() -> [Fetch] {
    let next = Array(rest.suffix(Self.most - min(asked.count, Self.most)).reversed())
    rest.removeLast(next.count)
    asked.formUnion(next)
    return next
  }

  /// What was asked for and has not come.
  package var missing: [Fetch] { Array(asked) }

  /// Takes one piece; the state, once all are here. What was not asked for or does not fit is dropped.
  package mutating func insert(_ message: State, _ payload: Payload, generation: UInt64) -> ShardState<Scalar>? {
    guard (generation, message.version) == (self.generation, version) else { return nil }
    let (offset, count) = (message.tensor.offset, message.tensor.count)
    let fetch =
      message.part == .windows
      ? Fetch(version: version) : Fetch(version: version, part: message.part, range: offset..<offset + count)
    guard asked.contains(fetch), take(message.part, payload, at: offset - shard.lowerBound, count) else { return nil }
    asked.remove(fetch)
    guard let windows, asked.isEmpty, rest.isEmpty else { return nil }
    return ShardState(
      version: version, weights: weights, optimizerState: optimizerState, windows: windows, tally: message.tally,
      steps: message.steps)
  }

  private mutating func take(_ part: StatePart, _ payload: Payload, at offset: Int, _ count: Int) -> Bool {
    if part == .windows {
      guard count == windowDoubles, let numbers = try? payload.buffer(of: Double.self) else { return false }
      windows = numbers.values
      return true
    }
    guard let piece = try? payload.buffer(of: Scalar.self) else { return false }
    let whole = if case .optimizerState(let k) = part { optimizerState[k] } else { weights }
    unsafe (whole.start + offset).update(from: piece.start, count: count)
    return true
  }
}
