import Optimization
import Parameters

extension HotPath {
  /// A step of each rule on 32 filters of 288 weights, with the sums that the metrics need.
  static let updates = UpdateRules.names.map { rule in
    HotPath("update \(rule)") {
      let (filters, filterLength) = (32, 288)
      let count = filters * filterLength
      let update = try TensorUpdate(rule: UpdateRules.make(name: rule))
      let (old, updated) = (Buffer<Float>(count: count), Buffer<Float>(count: count))
      let gradient = Buffer<Float>(count: count)
      let state = update.rule.stateNames.map { _ in Buffer<Float>(count: count) }
      for index in 0..<count {
        unsafe old.start[index] = Float(index % 97 - 48) * 0x1p-10
        unsafe gradient.start[index] = Float(index % 89 - 44) * 0x1p-14
      }
      return {
        var sums = [FilterSums](repeating: FilterSums(), count: filters)
        unsafe sums.withUnsafeMutableBufferPointer { sums in
          let slice = unsafe TensorSlice(
            old: old.start, updated: updated.start, gradientSum: gradient.start, gradientScale: 0x1p-7,
            optimizerState: state.map { unsafe $0.start }, filters: filters, filterLength: filterLength,
            sums: sums.baseAddress)
          update.apply(to: slice, step: 1, learningRate: 1e-3)
        }
        consume(sums)
      }
    }
  }
}
