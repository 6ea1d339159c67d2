import Parameters
import Testing

@Suite struct FiniteTests {
  private func areFinite<Scalar: KernelScalar>(_ elements: [Scalar]) -> Bool {
    let buffer = Buffer(elements)
    return unsafe Scalar.areFinite(buffer.start, count: buffer.count)
  }

  @Test(arguments: [0, 1, 7, 31, 1000], [Double.nan, -.nan, .infinity, -.infinity])
  func anInfiniteOrUndefinedElementIsFoundAtEveryPlace(place: Int, value: Double) {
    for count in [place + 1, place + 40] {
      var wide = [Double](repeating: -.greatestFiniteMagnitude, count: count)
      var narrow = [Float](repeating: -.greatestFiniteMagnitude, count: count)
      #expect(areFinite(wide) && areFinite(narrow))
      (wide[place], narrow[place]) = (value, Float(value))
      #expect(!areFinite(wide) && !areFinite(narrow))
    }
  }
}
