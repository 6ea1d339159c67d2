import TensorBoard
import Testing

@Suite struct HistogramTests {
  @Test("every value is in the one bucket whose limits enclose it", arguments: [1, 2, 7, 30, 31, 1000])
  func counts(of count: Int) throws {
    let values = (0..<count).map { 1 + Double($0 * 7919 % 1000) / 100 }
    let histogram = try #require(Histogram(values))
    #expect(histogram.counts.reduce(0, +) == count && histogram.count == count)
    #expect(histogram.limits.count == histogram.counts.count && histogram.limits.count <= 30)
    #expect(histogram.min == values.min() && histogram.max == values.max() && histogram.limits.last == values.max())
    // Cumulated, which forgives a value on a limit nothing but the last digit.
    var below = 0
    for (limit, inside) in zip(histogram.limits, histogram.counts) {
      below += inside
      #expect(values.count { $0 < limit - 1e-9 } <= below && below <= values.count { $0 <= limit + 1e-9 })
    }
  }

  @Test("1, 2, 3 have the sum 6 and the sum of squares 14")
  func sums() {
    #expect(Histogram([1, 2, 3])?.sum == 6 && Histogram([1, 2, 3])?.sumOfSquares == 14)
  }

  @Test("equal values share one bucket, as do values that no limit separates")
  func narrow() {
    #expect(Histogram([2, 2, 2])?.counts == [3])
    #expect(Histogram([1, 1.0.nextUp])?.counts == [2])
  }

  @Test("non-finite values are left out, and no values make no histogram")
  func notFinite() {
    #expect(Histogram([.nan, 1, .infinity])?.count == 1)
    #expect(Histogram([]) == nil && Histogram([.nan]) == nil)
  }
}
