import Parameters

// Rules that need numbers of a whole filter or layer take two passes. The first writes a direction p where the new
// weights will be and sums over each filter; from the sums come factors, and the second pass makes weights of p.

private let combine = UpdateKernel(named: "combine")

/// New weights as keep · w + factor · p.
struct Combination: Hashable {
  var keep: Double
  var factor: Double
}

extension KernelScalar {
  /// Lets `kernel` write a direction to `slice.updated`.
  ///
  /// - Returns: what it saw of each filter, with p in place of d.
  static func direction(
    _ slice: TensorSlice<Self>, with kernel: UpdateKernel, coefficients: [Double]
  ) -> [FilterSums] {
    var sums = [FilterSums](repeating: FilterSums(), count: slice.filters)
    unsafe sums.withUnsafeMutableBufferPointer { sums in
      update(unsafe slice.with(sums: sums.baseAddress), with: kernel, coefficients: coefficients, writes: .direction)
    }
    return sums
  }

  /// Makes new weights of the direction in `slice.updated`, filter by filter, and writes the sums of the whole step.
  static func combine(_ slice: TensorSlice<Self>, _ filters: [Combination]) {
    update(slice, with: Optimization.combine, coefficients: filters.flatMap { [$0.keep, $0.factor] })
  }
}
