import ParameterServer
import Parameters

/// The fault-free run, computed in a plain loop without servers, workers and network.
struct Reference {
  /// The flat vector before the first step.
  private(set) var initial: [Float] = []
  /// bits[version][server].
  private(set) var bits: [[[UInt32]]] = []
  /// By version of the report; one for each server.
  private(set) var reports: [Int: [WindowReport]] = [:]
  /// By version, for every evaluation of the schedule.
  private(set) var evaluations: [Int: Tally] = [:]

  init(_ training: Training) throws {
    let schedule = training.schedule
    var shards = try (0..<schedule.servers).map(training.shard)
    let flat = BufferPool<Float>(count: Training.layout.count)
    func gather() -> Buffer<Float> {
      let whole = flat.take()
      for (shard, range) in zip(shards, training.shards.shards) {
        guard let weights = shard.weights(at: shard.version) else { continue }
        unsafe (whole.start + range.lowerBound).update(from: weights.start, count: range.count)
      }
      return whole
    }
    func note() { bits.append(shards.map { $0.weights(at: $0.version).map(Self.bits) ?? [] }) }
    note()
    initial = gather().values
    // The weights of an asynchronous run have no reference.
    guard schedule.mode == nil else { return }
    for step in 0..<schedule.steps {
      let weights = gather()
      let isMeasured = schedule.microbatches > 1 && training.reportsAfter(step + 1)
      var sum = TreeSum<Contribution<Float>>(over: training.tree) {
        .add($0, $1, into: Buffer(count: Training.layout.count))
      }
      for microbatch in 0..<schedule.microbatches {
        let contribution = training.contribution(
          at: weights, step: step, microbatch: microbatch, into: Buffer(count: Training.layout.count),
          measuresSquares: isMeasured)
        _ = sum.insert(contribution, at: .init(start: microbatch, count: 1))
      }
      guard let total = sum.total else { preconditionFailure("all leaves are there") }
      for rank in shards.indices {
        let range = training.shards.shards[rank]
        let part = Contribution(
          gradient: unsafe Buffer(Array(total.gradient.elements[range])), tally: total.tally,
          squares: total.squares.isEmpty
            ? [] : Array(total.squares[training.loggedFilters(of: training.shards.segments(of: rank))]))
        if let report = shards[rank].advance(along: part) { reports[step + 1, default: []].append(report) }
      }
      note()
      let version = step + 1
      guard version.isMultiple(of: schedule.evaluateEvery) || version == schedule.steps else { continue }
      let evaluated = gather()
      var tallies = TreeSum<Tally>(over: training.chunks, combine: +)
      for chunk in 0..<training.chunks.leafCount {
        _ = tallies.insert(training.tally(at: evaluated, chunk: chunk), at: .init(start: chunk, count: 1))
      }
      evaluations[version] = tallies.total
    }
  }

  static func bits(of buffer: Buffer<Float>) -> [UInt32] { unsafe buffer.elements.map(\.bitPattern) }
}
