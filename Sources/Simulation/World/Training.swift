import Optimization
import ParameterServer
import Parameters
import Worker

/// The tiny network of a schedule. Gradients are a function of weights, step and microbatch, so that a wrong version or
/// a lost or repeated microbatch changes the bits.
struct Training {
  let layout: ParameterLayout
  /// Samples in a microbatch.
  static let samples = 4

  let schedule: FaultSchedule
  let shards: ShardMap
  let tree: ReductionTree
  let chunks = ReductionTree(leafCount: 3)
  let reportsAfter: @Sendable (Int) -> Bool

  init(_ schedule: FaultSchedule) {
    self.schedule = schedule
    // Filters that a lossy wire rounds.
    let fanIn = schedule.wire.isLossy ? 18 : 2
    layout = ParameterLayout([
      Parameter(
        layer: "a", shape: Shape(4, fanIn), role: .weight, group: .weights, invariance: .filter,
        initializer: .heNormal(fanIn: fanIn)),
      Parameter(layer: "b", shape: Shape(2), role: .gamma, group: .gammaBeta, initializer: .constant(1)),
      Parameter(layer: "b", shape: Shape(2), role: .runningMean, group: .statistics, initializer: .constant(0)),
    ])
    // Each half of the first tensor is a segment, and each of the others; or a whole shard.
    shards = ShardMap(
      layout: layout, serverCount: schedule.servers,
      segmentSize: schedule.mode == nil ? 1...2 * fanIn : layout.count...layout.count)
    tree = ReductionTree(leafCount: schedule.microbatches)
    let (every, steps) = (schedule.reportEvery, schedule.steps)
    reportsAfter = { $0.isMultiple(of: every) || $0 == steps }
  }

  /// Elements of the flat vector before the statistics, in an asynchronous run.
  static let trainedCount = 10
  private var microbatchesPerStep: Int { schedule.asynchrony?.microbatchesPerStep ?? schedule.microbatches }
  var samplesPerStep: Int { Self.samples * microbatchesPerStep }
  var wire: Wire { Wire(schedule.wire, seed: schedule.seed) }

  func shard(of rank: Int) throws -> ParameterShard<Float> {
    // In an asynchronous run, the sum of all gradients is to be seen in the weights.
    let update = try TensorUpdate(
      rule: UpdateRules.make(name: schedule.mode == nil ? schedule.rule : "sgd"), l2: schedule.mode == nil ? 0.01 : 0)
    let statistics = try RunningStatistics(microbatches: microbatchesPerStep)
    var treatments: [Parameter: ParameterShard<Float>.Treatment] = [:]
    for parameter in layout.parameters {
      treatments[parameter] =
        parameter.role.isStatistic
        ? .average(statistics) : .train(update, learningRate: MicrobatchAccount.learningRate)
    }
    return ParameterShard(
      slices: shards.slicesOfSegments(of: rank), segments: shards.segmentRanges(of: rank), layout: layout,
      initial: InitialWeights(layout: layout, seed: 7),
      batch: samplesPerStep, microbatches: microbatchesPerStep, treatments: treatments,
      factor: { _ in 1 }, reportsAfter: reportsAfter, wire: wire)
  }

  func server(of rank: Int) throws -> ParameterServer<Float, Int> {
    let shard = try shard(of: rank)
    return schedule.asynchrony.map { ParameterServer(shard: shard, asynchrony: $0) }
      ?? ParameterServer(shard: shard, tree: tree)
  }

  func makeWorker() -> any WorkerMachine<Float> {
    if let asynchrony = schedule.asynchrony {
      return AsynchronousWorker<Float>(shards: shards, asynchrony: asynchrony, chunks: chunks, threads: 1)
    }
    return Worker<Float>(
      shards: shards, tree: tree, chunks: chunks, lastVersion: schedule.steps, reportsAfter: reportsAfter,
      wire: wire)
  }

  /// What a compute thread computes from one microbatch, over the whole flat vector.
  func contribution(
    at weights: Buffer<Float>, step: Int, microbatch: Int, into gradient: Buffer<Float>, measuresSquares: Bool
  ) -> Contribution<Float> {
    if let asynchrony = schedule.asynchrony {
      let number = step * asynchrony.microbatches + microbatch
      for index in 0..<gradient.count {
        unsafe gradient.start[index] = MicrobatchAccount.gradient(of: number, at: index)
      }
      return Contribution(gradient: gradient, tally: MicrobatchAccount.tally(of: number, samples: Self.samples))
    }
    for index in 0..<gradient.count {
      let phase = Float(step + 1) * 0.37 + Float(microbatch) * 1.7 + Float(index)
      unsafe gradient.start[index] = unsafe weights.start[index] * 0.3 + phase - phase.rounded() * 0.99
    }
    let squares =
      measuresSquares
      ? shards.segments.enumerated().flatMap { segment, place in
        shards.squaredNormsOfLoggedFilters(ofSegment: segment, in: gradient.part(place.range), times: 1.0 / 16)
      } : []
    return Contribution(
      gradient: gradient,
      tally: Tally(
        lossSum: step + 1 == schedule.divergesAt ? .infinity : 0.1 * Double(microbatch + 1) + Double(step),
        correct: microbatch, samples: Self.samples),
      squares: squares)
  }

  /// The part of a contribution that belongs to a segment.
  func part(_ segment: Int, of whole: Contribution<Float>) -> Contribution<Float> {
    let squares = whole.squares.isEmpty ? [] : Array(whole.squares[loggedFilters(of: segment..<segment + 1)])
    return Contribution(
      gradient: whole.gradient.part(shards.segments[segment].range), tally: whole.tally, squares: squares)
  }

  /// Which of the network's logged filters, counted in network order, lie in these segments.
  func loggedFilters(of segments: Range<Int>) -> Range<Int> {
    func count(_ segments: Range<Int>) -> Int { segments.reduce(0) { $0 + shards.loggedFilters(ofSegment: $1) } }
    let first = count(0..<segments.lowerBound)
    return first..<first + count(segments)
  }

  /// What a compute thread computes from one chunk of test images.
  func tally(at weights: Buffer<Float>, chunk: Int) -> Tally {
    let sum = unsafe weights.withBytes { bytes in unsafe bytes.reduce(UInt64(chunk + 1)) { $0 &* 31 &+ UInt64($1) } }
    return Tally(lossSum: Double(sum >> 24), correct: chunk, samples: 5)
  }
}
