package import Optimization
package import Parameters

/// One tensor with its optimizer state: what a server keeps, for tests that train without one.
package final class TrainedTensor<Scalar: KernelScalar> {
  /// The sums of the last step, one for each filter.
  package private(set) var sums: [FilterSums]
  package private(set) var steps = 0
  private let update: TensorUpdate
  private let filterLength: Int
  private var current: Buffer<Scalar>
  private var next: Buffer<Scalar>
  private let gradient: Buffer<Scalar>
  private let stateBuffers: [Buffer<Scalar>]

  package init(_ weights: [Scalar], filterLength: Int? = nil, update: TensorUpdate) {
    self.update = update
    self.filterLength = filterLength ?? weights.count
    current = Buffer(weights)
    next = Buffer(count: weights.count)
    gradient = Buffer(count: weights.count)
    stateBuffers = update.rule.stateNames.map { _ in Buffer(count: weights.count) }
    sums = Array(repeating: FilterSums(), count: weights.count / self.filterLength)
  }

  package convenience init(
    _ weights: [Scalar], filterLength: Int? = nil, rule: any UpdateRule, l2: Double = 0
  ) throws {
    self.init(weights, filterLength: filterLength, update: try TensorUpdate(rule: rule, l2: l2))
  }

  package var weights: [Scalar] { current.values }

  package var optimizerState: [[Scalar]] { stateBuffers.map { $0.values } }

  /// One step along the gradient `gradientSum` · `scale`.
  package func step(_ gradientSum: [Scalar], scale: Scalar = 1, learningRate: Double) {
    precondition(gradientSum.count == gradient.count)
    _ = unsafe gradient.elements.update(fromContentsOf: gradientSum)
    steps += 1
    var newSums = sums
    unsafe newSums.withUnsafeMutableBufferPointer { sums in
      let slice = unsafe TensorSlice(
        old: current.start, updated: next.start, gradientSum: gradient.start, gradientScale: scale,
        optimizerState: stateBuffers.map { unsafe $0.start }, filters: sums.count, filterLength: filterLength,
        sums: sums.baseAddress)
      update.apply(to: slice, step: steps, learningRate: learningRate)
    }
    sums = newSums
    swap(&current, &next)
  }
}
