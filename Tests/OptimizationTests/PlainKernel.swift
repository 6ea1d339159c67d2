import Parameters

/// A kernel again, for one element, as an oracle: the same operations in the same order.
protocol PlainKernel: Sendable {
  associatedtype Numbers: BitwiseCopyable & Sendable
  static var name: String { get }
  /// Other numbers for each row.
  static func numbers(row: Int) -> Numbers
  /// The new weight from the old weight, the gradient and the direction that an earlier pass left; changes the state.
  static func step<S: KernelScalar>(_ w: S, _ g: S, _ p: S, _ state: inout [S], _ c: Numbers) -> S
  static var kernel: Kernel { get }
  /// What it can write.
  static var results: [Kernel.Result] { get }
  /// What the kernel makes of sums that an earlier pass has left, `all` being those of its own pass.
  static func sums(_ left: FilterSums, _ all: FilterSums) -> FilterSums
  /// Lets the kernel itself do it.
  static func run<S: KernelScalar>(_ slice: TensorSlice<S>, writes: Kernel.Result)
}

/// One that takes the same numbers for all rows, each factor rounded once.
protocol PlainUpdate: PlainKernel {}

extension PlainUpdate {
  static var results: [Kernel.Result] { [.weights, .direction] }
  static func sums(_: FilterSums, _ all: FilterSums) -> FilterSums { all }
  static var kernel: Kernel { UpdateKernel<Numbers>(named: name).kernel }
  static func run<S: KernelScalar>(_ slice: TensorSlice<S>, writes: Kernel.Result) {
    S.update(slice, with: UpdateKernel<Numbers>(named: name), numbers(row: 0), writes: writes)
  }
}

/// One that takes numbers for each row, each factor rounded once.
protocol PlainRow: PlainKernel {
  static var writesState: Bool { get }
}

extension PlainRow {
  static var writesState: Bool { false }
  static var results: [Kernel.Result] { [.weights] }
  static func sums(_ left: FilterSums, _ all: FilterSums) -> FilterSums {
    var sums = left
    (sums.d2, sums.wd) = (all.d2, all.wd)
    if writesState { (sums.m2, sums.wm) = (all.m2, all.wm) }
    return sums
  }
  static var kernel: Kernel { RowKernel<Numbers>(named: name).kernel }
  static func run<S: KernelScalar>(_ slice: TensorSlice<S>, writes: Kernel.Result) {
    precondition(writes == .weights, "a row kernel writes weights")
    S.update(slice, with: RowKernel<Numbers>(named: name), (0..<slice.filters).map { numbers(row: $0) })
  }
}
