import EffectiveLearningRate
package import Parameters

extension ParameterShard {
  /// The number of doubles in `ShardState.windows`.
  package var windowDoubles: Int {
    tensors.reduce(0) { $0 + GroupWindows.stateDoubles(of: $1.parameter, filters: $1.slice.filters.count) }
  }

  /// The numbers of the open logging window, between two steps.
  package var windowNumbers: [Double] { windows.flatMap { $0?.state ?? [] } }

  /// What workers hold, where it is part of the state: its first tensor.
  private var held: [Buffer<Scalar>] { wire.format.sendsDifferences ? [sent.held].compactMap(\.self) : [] }

  /// The current state, between two steps. The optimizer state is copied; weights and what workers hold of them are shared,
  /// because they are immutable while referenced.
  package func state() -> ShardState<Scalar> {
    ShardState(
      version: version, weights: current, optimizerState: held + optimizerState.map { Buffer($0.values) },
      windows: windowNumbers,
      tally: tally, steps: steps)
  }

  /// Over the samples of the open logging window, and the updates in it.
  package var openWindow: (tally: Tally, steps: Int) { (tally, steps) }

  /// A copy of a piece of the current weights or optimizer state, between two steps; `nil` if there is none such.
  package func piece(of part: StatePart, in range: Range<Int>) -> Buffer<Scalar>? {
    let whole: Buffer<Scalar>
    switch part {
    case .weights: whole = current
    case .optimizerState(let k) where k < stateCount: whole = (held + optimizerState)[k]
    case .optimizerState, .windows: return nil
    }
    guard range.clamped(to: 0..<count) == range else { return nil }
    let copy = Buffer<Scalar>(count: range.count, apart: true)
    unsafe copy.start.update(from: whole.start + range.lowerBound, count: range.count)
    return copy
  }

  /// Room for another state, to be filled piece by piece and then restored: the memory is what the shard goes on with. So the
  /// shard's own state is spoiled by what is written there.
  package func room() -> (weights: Buffer<Scalar>, optimizerState: [Buffer<Scalar>]) {
    (pool.take(), (wire.format.sendsDifferences ? [broadcast.room()] : []) + optimizerState)
  }

  /// Restores `state` and continues as the shard that had it; no previous version is available. Nothing of `state` is
  /// referenced afterwards, unless it is this shard's `room`.
  ///
  /// - Precondition: the sizes match those of this shard's own states: `count`, `stateCount` and `windowDoubles`.
  package mutating func restore(_ state: ShardState<Scalar>) {
    precondition(state.version >= 0 && state.steps >= 0, "counts are not negative")
    precondition(state.weights.count == count, "\(state.weights.count) weights for a shard of \(count)")
    precondition(
      state.optimizerState.count == stateCount && state.optimizerState.allSatisfy { $0.count == count },
      "the optimizer state of this shard")
    precondition(state.windows.count == windowDoubles, "\(state.windows.count) numbers for \(windowDoubles) of windows")
    let weights = pool.made(state.weights) ? state.weights : pool.take()
    let held = wire.format.sendsDifferences ? state.optimizerState.first.map(broadcast.own) : nil
    let states = state.optimizerState.suffix(optimizerState.count)
    for (kept, given) in zip([weights] + optimizerState, [state.weights] + states) where kept !== given {
      unsafe kept.start.update(from: given.start, count: count)
    }
    var numbers = state.windows[...]
    for (index, tensor) in tensors.enumerated() {
      let count = GroupWindows.stateDoubles(of: tensor.parameter, filters: tensor.slice.filters.count)
      windows[index]?.restore(numbers.prefix(count))
      numbers = numbers.dropFirst(count)
    }
    become(weights, held: held, version: state.version, tally: state.tally, steps: state.steps)
  }

  /// Returns to the state before the first step.
  package mutating func restart() {
    for part in optimizerState { unsafe part.start.update(repeating: 0, count: part.count) }
    windows = tensors.map(\.emptyWindows)
    become(initial, version: 0, tally: Tally(), steps: 0)
  }

  private mutating func become(
    _ weights: Buffer<Scalar>, held: Buffer<Scalar>? = nil, version: Int, tally: Tally, steps: Int
  ) {
    current = weights
    previous = nil
    sent = broadcast.first(weights, held: held)
    previousSent = nil
    next = nil
    self.version = version
    self.tally = tally
    self.steps = steps
  }
}
