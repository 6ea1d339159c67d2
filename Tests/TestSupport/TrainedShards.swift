import NeuralNetwork
package import ParameterServer
package import Parameters
package import Records
package import RunDefinition
import Specification

/// The real shards of a run with some number of servers, moved along a formula instead of a gradient.
package struct TrainedShards<Scalar: KernelScalar> {
  package let run: RunDefinition
  package private(set) var shards: [ParameterShard<Scalar>]

  package init(_ run: RunDefinition) throws {
    self.run = run
    shards = try run.shards.shards.indices.map { try run.shard(of: $0, as: Scalar.self) }
  }

  package var states: [ShardState<Scalar>] { shards.map { $0.state() } }

  package mutating func restore(_ states: [ShardState<Scalar>]) {
    for (server, state) in states.enumerated() { shards[server].restore(state) }
  }

  /// The gradient is a formula of (weight, place in the network, version), which does not know of servers; the loss of
  /// step t (1 for the first) is 2.5 t.
  ///
  /// - Returns: the reports of the windows that end on the way, by server.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  @discardableResult package mutating func advance(to version: Int) -> [[WindowReport]] {
    var reports = shards.map { _ in [WindowReport]() }
    for (server, range) in run.shards.shards.enumerated() {
      while shards[server].version < version {
        let step = shards[server].version
        let weights = shards[server].weights(at: step)?.values ?? []
        let gradient = zip(range, weights).map { index, weight in
          let phase = Scalar(step + 1) * 0.37 + Scalar(index % 1009) * 1.7
          return weight * 0.3 + phase - phase.rounded()
        }
        let tally = Tally(lossSum: 2.5 * Double(step + 1), correct: step, samples: run.spec.batch)
        let report = shards[server].advance(along: Contribution(gradient: Buffer(gradient), tally: tally))
        if let report { reports[server].append(report) }
      }
    }
    return reports
  }

  /// All states as the coordinator collects them: what belongs to their checkpoint, and the bytes of its first files, in order.
  package func collected() throws -> (state: CollectedState, bytes: [ArraySlice<UInt8>]) {
    let collection = StateCollection(run, version: shards[0].version)
    var wanted: [StatePiece] = []
    for (server, state) in states.enumerated() {
      let again = collection.offer(state.bytes(of: .windows), tally: state.tally, steps: state.steps, by: server)
      guard again == [] else { preconditionFailure("the windows of server \(server) fit") }
    }
    var bytes: [ArraySlice<UInt8>] = []
    while true {
      wanted = collection.wanted()
      guard !wanted.isEmpty else { break }
      for piece in wanted.reversed() {
        guard let next = collection.insert(bytesOf(piece), as: piece) else { preconditionFailure("\(piece) fits") }
        collection.wrote(next.reduce(0) { $0 + $1.count })
        bytes += next
      }
    }
    guard let state = collection.collected else { preconditionFailure("all states are complete") }
    return (state, bytes)
  }

  private func bytesOf(_ piece: StatePiece) -> [UInt8] {
    let start = run.shards.shards[piece.server].lowerBound
    let held = piece.range.lowerBound - start..<piece.range.upperBound - start
    return shards[piece.server].piece(of: piece.part, in: held).map { piece in
      unsafe piece.withBytes { unsafe Array($0) }
    }
      ?? []
  }

  package var weightsSHA256: String { get throws { try collected().state.weightsSHA256 } }

  /// Stores all states.
  package func write(
    to store: CheckpointStore, generation: UInt64 = 1, metricsCursor: Int = 0,
    changing change: (inout CheckpointManifest) -> Void = { _ in }
  ) throws {
    let (state, bytes) = try collected()
    var manifest = state.manifest(generation: generation, metricsCursor: metricsCursor)
    change(&manifest)
    let draft = try CheckpointDraft(
      of: state.version, in: store, beginningWith: run.collectedFiles(version: state.version))
    for part in bytes { try unsafe part.withUnsafeBytes { try unsafe draft.append($0) } }
    try state.commit(draft, manifest)
  }

  /// What every server of `run` would get of a state, in pieces of `count` elements.
  package static func cut(_ whole: StoredState, for run: RunDefinition, by count: Int = 1000) throws -> [ShardState<
    Scalar
  >] {
    let stateCount = try TrainedShards(run).shards[0].stateCount
    return try run.shards.shards.enumerated().map { server, shard in
      func elements(_ part: StatePart) throws -> Buffer<Scalar> {
        let bytes = try stride(from: shard.lowerBound, to: shard.upperBound, by: count).flatMap { start in
          let range = start..<min(start + count, shard.upperBound)
          return try whole.bytes(of: StatePiece(server: server, part: part, range: range)) ?? []
        }
        return Buffer(bytes: bytes)
      }
      return ShardState(
        version: whole.version, weights: try elements(.weights),
        optimizerState: try (0..<stateCount).map { try elements(.optimizerState($0)) },
        windows: Buffer<Double>(bytes: whole.windows(of: server)).values, tally: whole.tally, steps: whole.steps)
    }
  }
}

extension ShardState {
  package func bytes(of part: StatePart) -> [UInt8] {
    switch part {
    case .weights: unsafe weights.withBytes { unsafe Array($0) }
    case .windows: unsafe windows.withUnsafeBytes { unsafe Array($0) }
    case .optimizerState(let k): unsafe optimizerState[k].withBytes { unsafe Array($0) }
    }
  }

  /// Everything, for comparing.
  package var numbers: [[Double]] {
    [[Double(version), Double(steps), tally.lossSum, Double(tally.correct), Double(tally.samples)], windows]
      + ([weights] + optimizerState).map { $0.values.map(Double.init) }
  }
}
