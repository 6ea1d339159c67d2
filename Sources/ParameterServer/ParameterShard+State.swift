import EffectiveLearningRate
import Parameters

extension ParameterShard {
  /// The number of doubles in `ShardState.windows`.
  package var windowDoubles: Int {
    tensors.reduce(0) { $0 + GroupWindows.stateDoubles(of: $1.parameter, filters: $1.slice.filters.count) }
  }

  /// The current state, between two steps. The optimizer state is copied; weights and what workers hold of them are shared, because they are immutable while
  /// referenced.
  package func state() -> ShardState<Scalar> {
    let held = wire.format.sendsDifferences ? [sent.held].compactMap(\.self) : []
    let states = (held.count..<stateCount).map { _ in Buffer<Scalar>(count: count) }
    for (tensor, kept) in zip(tensors, optimizerState) {
      for (whole, part) in zip(states, kept) {
        unsafe (whole.start + tensor.slice.range.lowerBound).update(from: part.start, count: part.count)
      }
    }
    return ShardState(
      version: version, weights: current, optimizerState: held + states, windows: windows.flatMap { $0?.state ?? [] },
      tally: tally,
      steps: steps)
  }

  /// Restores `state` and continues as the shard that had it; no previous version is available. Nothing of `state` is
  /// referenced afterwards.
  ///
  /// - Precondition: the sizes match those of this shard's own states: `count`, `stateCount` and `windowDoubles`.
  package mutating func restore(_ state: ShardState<Scalar>) {
    precondition(state.version >= 0 && state.steps >= 0, "counts are not negative")
    precondition(state.weights.count == count, "\(state.weights.count) weights for a shard of \(count)")
    precondition(
      state.optimizerState.count == stateCount && state.optimizerState.allSatisfy { $0.count == count },
      "the optimizer state of this shard")
    precondition(state.windows.count == windowDoubles, "\(state.windows.count) numbers for \(windowDoubles) of windows")
    func copy(_ whole: Buffer<Scalar>) -> Buffer<Scalar> {
      let copy = pool.take()
      unsafe copy.start.update(from: whole.start, count: count)
      return copy
    }
    let weights = copy(state.weights)
    let heldCount = wire.format.sendsDifferences ? 1 : 0
    let held = state.optimizerState.prefix(heldCount).first.map(copy)
    for (tensor, kept) in zip(tensors, optimizerState) {
      for (whole, part) in zip(state.optimizerState.dropFirst(heldCount), kept) {
        unsafe part.start.update(from: whole.start + tensor.slice.range.lowerBound, count: part.count)
      }
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
    for part in optimizerState.joined() { unsafe part.start.update(repeating: 0, count: part.count) }
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
