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
    let layout = training.layout
    let flat = BufferPool<Float>(count: layout.count)
    func gather() -> Buffer<Float> {
      let whole = flat.take()
      for (shard, range) in zip(shards, training.shards.shards) {
        for (segment, place) in shard.segments.enumerated() {
          guard let sent = shard.sentWeights(at: shard.version, segment: segment, to: nil) else { continue }
          let offset = range.lowerBound + place.lowerBound
          if sent.isPacked {
            shard.codings[segment].unpack(sent.content, into: whole, at: offset)
          } else {
            unsafe (whole.start + offset).update(from: sent.content.start, count: place.count)
          }
        }
      }
      return whole
    }
    // One segment: it does not matter how the vector is cut.
    let coding = ShardMap(layout: layout, serverCount: 1, segmentSize: Int.max...Int.max)
      .coding(ofSegment: 0, training.wire)
    let (packed, unpacked) = (BufferPool<Float>(count: coding.wordCount), BufferPool<Float>(count: coding.count))
    func note() { bits.append(shards.map { $0.weights(at: $0.version).map(Self.bits) ?? [] }) }
    note()
    initial = gather().values
    // The weights of an asynchronous run have no reference.
    guard schedule.mode == nil else { return }
    for step in 0..<schedule.steps {
      let weights = gather()
      let isMeasured = schedule.microbatches > 1 && training.reportsAfter(step + 1)
      var sum = TreeSum<Contribution<Float>>(over: training.tree) {
        coding.add($1, $2, at: .init(step: step, node: $0), into: Buffer(count: coding.wordCount))
      }
      for microbatch in 0..<schedule.microbatches {
        let contribution = training.contribution(
          at: weights, step: step, microbatch: microbatch, into: Buffer(count: layout.count),
          measuresSquares: isMeasured)
        let leaf = ReductionTree.Node(start: microbatch, count: 1)
        _ = sum.insert(
          coding.packed(
            contribution, at: .init(step: step, node: leaf), measuring: training.reportsAfter(step + 1), into: packed),
          at: leaf)
      }
      guard let total = sum.total else { preconditionFailure("all leaves are there") }
      let gradient = coding.unpacked(total.gradient, into: unpacked)
      for rank in shards.indices {
        let range = training.shards.shards[rank]
        let logged = training.loggedFilters(of: training.shards.segments(of: rank))
        let part = Contribution(
          gradient: unsafe Buffer(Array(gradient.elements[range])), tally: total.tally,
          squares: total.squares.isEmpty ? [] : Array(total.squares[logged]),
          errors: total.errors.isEmpty ? [] : Array(total.errors[logged]))
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
