import EffectiveLearningRate
package import Optimization
package import Parameters

/// One server's part of the weights: the current and the previous version, the optimizer state, and the metrics of the
/// logging window, which are a by-product of the update. A step updates one segment after the other, in any order, and has
/// the memory of the previous version for the next one.
package struct ParameterShard<Scalar: KernelScalar> {
  /// Updates applied to the weights.
  package internal(set) var version = 0
  /// Elements in the shard.
  package let count: Int
  /// How many state tensors a server's state has: the largest number per parameter over all rules of the network, and what
  /// workers hold if they are sent differences.
  package let stateCount: Int

  /// The parts that are updated on their own: whole tensors, in network order.
  package let segments: [Range<Int>]

  let tensors: [Tensor]
  let batch: Int
  let microbatches: Int
  /// That share large sums and updates.
  package let threads: Threads
  private let factor: @Sendable (_ step: Int) -> Double
  private let reportsAfter: @Sendable (_ version: Int) -> Bool
  private let endsWindow: @Sendable (_ version: Int) -> Bool
  let pool: BufferPool<Scalar>
  package let wire: Wire
  let broadcast: Broadcast<Scalar>
  /// The k-th state tensor of every parameter at the parameter's place in the shard, 0 where its rule has none. What workers hold
  /// is none of them, although it is part of the state.
  let optimizerState: [Buffer<Scalar>]

  let initial: Buffer<Scalar>
  var current: Buffer<Scalar>
  var previous: Buffer<Scalar>?
  /// What workers are sent of both.
  var sent: Broadcast<Scalar>.Sent
  var previousSent: Broadcast<Scalar>.Sent?
  /// The next version, from its first segment to its last.
  var next: Update?
  /// What the step has updated the tensors with that the metrics do not follow, one behind the other.
  let otherSums: Buffer<Scalar>
  var windows: [GroupWindows?]
  var tally = Tally()
  var steps = 0

  /// What a step does to one tensor.
  package enum Treatment: Sendable {
    /// η of the parameter group, before the schedule; with `following`, the rates of another run replace it.
    case train(TensorUpdate, learningRate: Double, following: FollowedRates? = nil)
    case average(RunningStatistics)

    var stateNames: [String] {
      if case .train(let update, _, _) = self { update.rule.stateNames } else { [] }
    }
  }

  /// A version of which some segments have been updated.
  struct Update {
    let weights: Buffer<Scalar>
    let sent: Broadcast<Scalar>.Sent
    /// Of the sum that each segment was updated with: see `Contribution`.
    var measured: [Measured?]
    /// The first parameter of a segment whose update was not finite.
    var nonFinite: [Int: String] = [:]
  }

  struct Tensor {
    let slice: ShardMap.Slice
    /// The segment that it belongs to.
    let segment: Int
    let parameter: Parameter
    let treatment: Treatment
    /// Its place in `otherSums`; `nil` if the metrics follow it.
    let other: Range<Int>?

    /// Before the first step; `nil` if the metrics do not follow the tensor.
    var emptyWindows: GroupWindows? {
      parameter.isLogged ? GroupWindows(invariance: parameter.invariance, filters: slice.filters.count) : nil
    }
  }

  /// - Parameters:
  ///   - slices: in network order; together they cover the whole shard.
  ///   - segments: in network order, each of whole slices; by default, one of all.
  ///   - batch: samples in a step; gradients are divided by it.
  ///   - treatments: one for each parameter of the slices; those of other parameters only count for `stateCount`.
  ///   - microbatches: number per step; running statistics are means over them.
  ///   - factor: the schedule, by step number from 1.
  ///   - reportsAfter: whether the logging window is reported with this version.
  ///   - endsWindow: whether it ends there too. The last step of a run is reported in any case, and a run that goes on from
  ///     there goes on with its window.
  ///   - wire: how weights travel to the workers, and gradients from them.
  ///   - threads: that share large sums and updates.
  ///   - initialLength: the norm to which a parameter's initial weights are scaled, if any.
  ///   - allocate: makes the buffers of the weights.
  package init(
    slices: [ShardMap.Slice], segments: [Range<Int>]? = nil, layout: ParameterLayout, initial: InitialWeights,
    batch: Int, microbatches: Int, treatments: [Parameter: Treatment], factor: @escaping @Sendable (Int) -> Double,
    reportsAfter: @escaping @Sendable (Int) -> Bool, endsWindow: (@Sendable (Int) -> Bool)? = nil,
    wire: Wire = .plain, threads: Threads = .one, initialLength: (Parameter) -> Projection = { _ in .none },
    allocating allocate: @escaping BufferPool<Scalar>.Allocation = { Buffer(count: $0) }
  ) {
    let count = slices.last?.range.upperBound ?? 0
    let segments = segments ?? [0..<count]
    var others = 0
    let tensors = slices.map { slice in
      let parameter = layout.parameters[slice.parameter]
      guard let treatment = treatments[parameter] else { preconditionFailure("\(parameter.name) has a treatment") }
      guard let segment = segments.firstIndex(where: { $0.contains(slice.range.lowerBound) }) else {
        preconditionFailure("\(parameter.name) is in a segment")
      }
      let start = others
      if !parameter.isLogged { others += slice.range.count }
      return Tensor(
        slice: slice, segment: segment, parameter: parameter, treatment: treatment,
        other: parameter.isLogged ? nil : start..<others)
    }
    otherSums = Buffer(count: others)
    self.tensors = tensors
    self.segments = segments
    self.count = count
    self.batch = batch
    self.microbatches = microbatches
    self.threads = threads
    self.factor = factor
    self.reportsAfter = reportsAfter
    self.endsWindow = endsWindow ?? reportsAfter
    let pool = BufferPool<Scalar>(count: count, allocating: allocate)
    self.pool = pool
    self.wire = wire
    broadcast = Broadcast(slices, segments: segments, of: layout, wire: wire, allocating: allocate)
    let ruleStates = treatments.values.map(\.stateNames.count).max() ?? 0
    stateCount = ruleStates + (wire.format.sendsDifferences ? 1 : 0)
    optimizerState = (0..<ruleStates).map { _ in Buffer(count: count, apart: true) }
    windows = tensors.map(\.emptyWindows)
    let weights = pool.take()
    for tensor in tensors {
      let start = unsafe weights.start + tensor.slice.range.lowerBound
      unsafe initial.write(tensor.slice, to: start)
      if case .train(let update, _, _) = tensor.treatment {
        for projection in [initialLength(tensor.parameter), update.projection] {
          unsafe projection.project(
            start, filters: tensor.slice.filters.count, filterLength: tensor.parameter.filterLength)
        }
      }
    }
    self.initial = weights
    current = weights
    sent = broadcast.first(weights)
  }

  /// How the numbers of each segment travel.
  package var codings: [SegmentCoding] { broadcast.codings }

  /// The number of filters of a segment whose squared gradient norms the workers send.
  package func loggedFilters(ofSegment segment: Int) -> Int {
    tensors.reduce(0) { $0 + ($1.segment == segment && $1.parameter.isLogged ? $1.slice.filters.count : 0) }
  }

  /// The weights at `version`, if they are the current ones, or the previous ones and a step has not begun.
  package func weights(at version: Int) -> Buffer<Scalar>? {
    if version == self.version { return current }
    return version == self.version - 1 ? previous : nil
  }

  /// A segment's weights at `version`, as of all segments, or if they are the next ones and finite.
  package func weights(at version: Int, segment: Int) -> Buffer<Scalar>? {
    let range = segments[segment]
    guard version == self.version + 1, let next else { return weights(at: version)?.part(range) }
    return next.measured[segment] != nil && next.nonFinite[segment] == nil ? next.weights.part(range) : nil
  }

  /// A segment as it is sent to a worker that holds version `base`, if any: of the same versions. And whether it is packed.
  package func sentWeights(
    at version: Int, segment: Int, to base: Int?
  ) -> (content: Buffer<Scalar>, isPacked: Bool)? {
    let sent: Broadcast<Scalar>.Sent? =
      switch version {
      case self.version: self.sent
      case self.version - 1: previousSent
      case self.version + 1 where next?.measured[segment] != nil && next?.nonFinite[segment] == nil: next?.sent
      default: nil
      }
    return sent.flatMap { broadcast.part(segment, of: $0, followsHeld: base == version - 1) }
  }

  /// Whether all segments have the same version.
  package var isBetweenSteps: Bool { next == nil }

  /// Whether the step that is being taken has updated the segment.
  package func isUpdated(_ segment: Int) -> Bool { next?.measured[segment] != nil }

  /// Updates one segment with the gradient sum over the whole batch. With the last segment, the version rises.
  ///
  /// - Returns: then, the report of the logging window, if it is due or an update of the step is not finite.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package mutating func advance(_ segment: Int, along total: Contribution<Scalar>) -> WindowReport? {
    // Whoever has computed a gradient has all weights of its version, so nobody needs those before.
    (previous, previousSent) = (nil, nil)
    var update = next ?? makeUpdate()
    // No second reference, or each change would copy the list.
    next = nil
    for (index, tensor) in tensors.enumerated() where tensor.segment == segment {
      let isFinite = apply(total.gradient, to: index, of: tensor, into: update.weights)
      if !isFinite, update.nonFinite[segment] == nil { update.nonFinite[segment] = tensor.parameter.name }
    }
    broadcast.round(segment, of: update.weights, after: sent, into: update.sent)
    update.measured[segment] = (total.squares, total.errors)
    guard update.measured.allSatisfy({ $0 != nil }) else {
      next = update
      return nil
    }
    return finish(update, total.tally)
  }

  private func makeUpdate() -> Update {
    let weights = pool.take()
    return Update(
      weights: weights, sent: broadcast.next(weights), measured: Array(repeating: nil, count: segments.count))
  }

  /// Updates all segments.
  package mutating func advance(along total: Contribution<Scalar>) -> WindowReport? {
    var (squares, errors) = (total.squares[...], total.errors[...])
    var report: WindowReport?
    for (segment, range) in segments.enumerated() {
      let count = loggedFilters(ofSegment: segment)
      let part = Contribution(
        gradient: total.gradient.part(range), tally: total.tally, squares: Array(squares.prefix(count)),
        errors: Array(errors.prefix(count)))
      (squares, errors) = (squares.dropFirst(count), errors.dropFirst(count))
      report = advance(segment, along: part)
    }
    return report
  }

  private mutating func finish(_ update: Update, _ tally: Tally) -> WindowReport? {
    previous = current
    current = update.weights
    previousSent = sent
    sent = update.sent
    version += 1
    self.tally = self.tally + tally
    steps += 1
    var nonFinite = update.nonFinite.min { $0.key < $1.key }?.value
    if nonFinite == nil, !tally.lossSum.isFinite { nonFinite = "the loss" }
    guard nonFinite != nil || reportsAfter(version) else { return nil }
    return reportWindow(update.measured.compactMap(\.self), nonFinite: nonFinite, endsHere: endsWindow(version))
  }

  private mutating func apply(
    _ gradient: Buffer<Scalar>, to index: Int, of tensor: Tensor, into updated: Buffer<Scalar>
  ) -> Bool {
    let step = version + 1
    let start = tensor.slice.range.lowerBound
    let startInSegment = start - segments[tensor.segment].lowerBound
    let filters = tensor.slice.filters.count
    if let other = tensor.other {
      unsafe (otherSums.start + other.lowerBound).update(from: gradient.start + startInSegment, count: other.count)
    }
    func slice(dividingBy terms: Int, sums: UnsafeMutablePointer<FilterSums>?) -> TensorSlice<Scalar> {
      unsafe TensorSlice(
        old: current.start + start, updated: updated.start + start, gradientSum: gradient.start + startInSegment,
        gradientScale: 1 / Scalar(terms),
        optimizerState: optimizerState.prefix(tensor.treatment.stateNames.count).map { unsafe $0.start + start },
        filters: filters, filterLength: tensor.parameter.filterLength, sums: sums
      ).shared(by: threads)
    }
    switch tensor.treatment {
    case .average(let statistics):
      statistics.update(slice(dividingBy: microbatches, sums: nil))
      return true
    case .train(let update, let learningRate, let followed):
      let rate = learningRate * factor(step)
      let rates = unsafe followed?.learningRates(
        step: step, held: tensor.slice.filters, weights: current.start + start,
        filterLength: tensor.parameter.filterLength, on: threads)
      var sums = [FilterSums](repeating: FilterSums(), count: filters)
      unsafe sums.withUnsafeMutableBufferPointer { sums in
        let slice = unsafe slice(dividingBy: batch, sums: sums.baseAddress)
        if let rates {
          update.apply(to: slice, step: step, learningRates: rates)
        } else {
          update.apply(to: slice, step: step, learningRate: rate)
        }
      }
      if let rates {
        // A filter is a group, because only weights whose filters are scale-invariant can follow.
        windows[index]?.add(sums) { StepConditions(update, learningRate: rates[$0]) }
      } else {
        windows[index]?.add(sums, in: StepConditions(update, learningRate: rate))
      }
      return sums.allSatisfy { $0.g2.isFinite && $0.d2.isFinite }
    }
  }
}
