import NeuralNetwork
package import ParameterServer
package import Parameters
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

  /// All states, taken apart as they travel and put together again.
  package func collected() -> RunState {
    var whole = RunState(run, version: shards[0].version)
    for (server, state) in states.enumerated() {
      for part in whole.parts where !whole.insert(state.bytes(of: part), part: part, of: server) {
        preconditionFailure("\(part) of server \(server) fits")
      }
      whole.note(tally: state.tally, steps: state.steps)
    }
    return whole
  }

  /// What every server of `run` would get of a state.
  package static func cut(_ whole: RunState, for run: RunDefinition) -> [ShardState<Scalar>] {
    run.shards.shards.indices.map { server in
      func numbers<Number>(_ part: StatePart, as _: Number.Type) -> [Number] {
        unsafe whole.bytes(of: part, for: server).withUnsafeBytes { unsafe Array($0.bindMemory(to: Number.self)) }
      }
      return ShardState(
        version: whole.version, weights: Buffer(numbers(.weights, as: Scalar.self)),
        optimizerState: (0..<whole.parts.count - 2).map { Buffer(numbers(.optimizerState($0), as: Scalar.self)) },
        windows: numbers(.windows, as: Double.self), tally: whole.tally, steps: whole.steps)
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
