import EffectiveLearningRate
import Optimization
import Parameters

extension HotPath {
  static let metrics = [
    HotPath("metric window") {
      var windows = emptyWindows()
      let (step, place) = (stepSums(), try conditions())
      return {
        windows.add(step, in: place)
        consume(windows)
      }
    },
    HotPath("metric rows") {
      var windows = emptyWindows()
      for _ in 0..<10 { windows.add(stepSums(), in: try conditions()) }
      let context = LayerContext(update: try update(), learningRate: 0.1, invariance: .filter)
      return { consume(Metrics.rows(of: windows.windows, in: context)) }
    },
  ]

  private static func emptyWindows() -> GroupWindows { GroupWindows(invariance: .filter, filters: 64) }

  private static func update() throws -> TensorUpdate {
    try TensorUpdate(rule: UpdateRules.make(name: Nesterov.name), l2: 5e-4)
  }

  private static func conditions() throws -> StepConditions { StepConditions(try update(), learningRate: 0.1) }

  /// Of a step on 64 filters of 72 weights.
  private static func stepSums() -> [FilterSums] {
    let (filters, filterLength) = (64, 72)
    let count = filters * filterLength
    let (old, updated) = (Buffer<Float>(count: count), Buffer<Float>(count: count))
    let (gradient, velocity) = (Buffer<Float>(count: count), Buffer<Float>(count: count))
    for index in 0..<count {
      unsafe old.start[index] = Float(index % 97 - 48) * 0x1p-10
      unsafe gradient.start[index] = Float(index % 89 - 44) * 0x1p-14
    }
    var sums = [FilterSums](repeating: FilterSums(), count: filters)
    unsafe sums.withUnsafeMutableBufferPointer { sums in
      let slice = unsafe TensorSlice(
        old: old.start, updated: updated.start, gradientSum: gradient.start, gradientScale: 0x1p-7,
        optimizerState: [velocity.start], filters: filters, filterLength: filterLength, sums: sums.baseAddress)
      (try? update())?.apply(to: slice, step: 1, learningRate: 0.1)
    }
    return sums
  }
}
