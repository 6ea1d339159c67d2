import Parameters

/// What a server of an asynchronous run makes its steps of: the first microbatches that arrive, each of them once.
struct MicrobatchIntake<Scalar: KernelScalar> {
  let asynchrony: Asynchrony
  /// Of the steps that were taken.
  private(set) var applied: MicrobatchSet
  /// Of the step that is being collected.
  private(set) var collected: Set<Int> = []
  /// Their sum, in the order of their arrival.
  private var sum: Contribution<Scalar>?
  /// Of this step.
  private var staleness = Staleness()
  private let pool: BufferPool<Scalar>
  private let threads: Threads

  /// - Parameters:
  ///   - count: elements of the shard.
  ///   - threads: that share the sums.
  init(_ asynchrony: Asynchrony, count: Int, on threads: Threads) {
    (self.asynchrony, self.threads) = (asynchrony, threads)
    applied = MicrobatchSet()
    pool = BufferPool(count: count)
  }

  /// A generation begins at this version. It is a milestone, where every server has made its steps of the same microbatches: the
  /// first ones.
  mutating func begin(at version: Int) {
    applied = MicrobatchSet(first: version * asynchrony.microbatchesPerStep)
    (collected, sum, staleness) = ([], nil, Staleness())
  }

  /// Whether everything is there that a step is made of.
  var isComplete: Bool { collected.count == asynchrony.microbatchesPerStep }

  /// - Parameters:
  ///   - version: of the weights at which the gradient was computed.
  ///   - current: the shard's version.
  /// - Precondition: the step is not complete.
  mutating func take(
    _ microbatch: Int, _ contribution: Contribution<Scalar>, computedAt version: Int, current: Int
  ) -> MicrobatchDecision {
    precondition(!isComplete, "a complete step is taken before the next one is collected")
    // An answer was lost: it is the same gradient, or as good as.
    if collected.contains(microbatch) { return .applied }
    guard !applied.contains(microbatch) else {
      staleness.late += 1
      return .late
    }
    guard asynchrony.accepts(gradientAt: version, for: current) else {
      staleness.rejected += 1
      return .rejected
    }
    collected.insert(microbatch)
    staleness.note(current - version)
    // Never into a received buffer: over inproc it is the worker's own memory.
    sum = sum.map { .add($0, contribution, into: pool.take(), on: threads) } ?? contribution
    return .applied
  }

  /// The sum of a step, which is taken now.
  mutating func takeStep() -> Contribution<Scalar>? {
    guard isComplete, let sum else { return nil }
    for microbatch in collected { _ = applied.insert(microbatch) }
    var tally = sum.tally
    tally.staleness = staleness
    (collected, self.sum, staleness) = ([], nil, Staleness())
    return Contribution(gradient: sum.gradient, tally: tally)
  }
}
