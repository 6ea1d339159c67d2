import EffectiveLearningRate
import Parameters

extension ParameterShard {
  /// Doubles that a state's windows have.
  package var windowDoubles: Int {
    tensors.reduce(0) { $0 + GroupWindows.stateDoubles(of: $1.parameter, filters: $1.slice.filters.count) }
  }

  /// What the shard is now. The memory is copied; the weights are shared, which nobody changes while they are referenced.
  package func state() -> ShardState<Scalar> {
    let memories = (0..<memoryCount).map { _ in Buffer<Scalar>(count: count) }
    for (tensor, kept) in zip(tensors, memory) {
      for (whole, part) in zip(memories, kept) {
        unsafe (whole.start + tensor.slice.range.lowerBound).update(from: part.start, count: part.count)
      }
    }
    return ShardState(
      version: version, weights: current, memory: memories, windows: windows.flatMap { $0?.state ?? [] }, tally: tally,
      steps: steps)
  }

  /// Takes over `state`, and goes on as the shard that had it: there is no version before. Nothing of it is referred to
  /// afterwards.
  ///
  /// - Precondition: the sizes are those of this shard's own states: `count`, `memoryCount` and `windowDoubles`.
  package mutating func restore(_ state: ShardState<Scalar>) {
    precondition(state.version >= 0 && state.steps >= 0, "counts are not negative")
    precondition(state.weights.count == count, "\(state.weights.count) weights for a shard of \(count)")
    precondition(
      state.memory.count == memoryCount && state.memory.allSatisfy { $0.count == count }, "the memory of this shard")
    precondition(state.windows.count == windowDoubles, "\(state.windows.count) numbers for \(windowDoubles) of windows")
    let weights = pool.take()
    unsafe weights.start.update(from: state.weights.start, count: count)
    for (tensor, kept) in zip(tensors, memory) {
      for (whole, part) in zip(state.memory, kept) {
        unsafe part.start.update(from: whole.start + tensor.slice.range.lowerBound, count: part.count)
      }
    }
    var numbers = state.windows[...]
    for (index, tensor) in tensors.enumerated() {
      let count = GroupWindows.stateDoubles(of: tensor.parameter, filters: tensor.slice.filters.count)
      windows[index]?.restore(numbers.prefix(count))
      numbers = numbers.dropFirst(count)
    }
    become(weights, version: state.version, tally: state.tally, steps: state.steps)
  }

  /// Goes back to before the first step.
  package mutating func restart() {
    for part in memory.joined() { unsafe part.start.update(repeating: 0, count: part.count) }
    windows = tensors.map(\.emptyWindows)
    become(initial, version: 0, tally: Tally(), steps: 0)
  }

  private mutating func become(_ weights: Buffer<Scalar>, version: Int, tally: Tally, steps: Int) {
    current = weights
    previous = nil
    self.version = version
    self.tally = tally
    self.steps = steps
  }
}
