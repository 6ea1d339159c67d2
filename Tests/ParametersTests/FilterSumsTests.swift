import Parameters
import Testing

@Suite("Sums of a step, by filter")
struct FilterSumsTests {
  @Test(
    "are those of each filter alone, however many are measured at a time",
    arguments: [(1, 40_000), (100, 1000), (40_000, 3)])
  func blocks(filters: Int, length: Int) {
    func elements(_ factor: Float) -> Buffer<Float> {
      Buffer((0..<filters * length).map { Float($0 % 1013) * factor - 1 })
    }
    let (old, new) = (elements(0.37), elements(0.11))
    let all = unsafe FilterSums.ofStep(from: old.start, to: new.start, filters: filters, filterLength: length)
    let each = (0..<filters).flatMap { filter in
      unsafe FilterSums.ofStep(
        from: old.start + filter * length, to: new.start + filter * length, filters: 1, filterLength: length)
    }
    #expect(all == each && all.allSatisfy { $0.d2 > 0 })
  }
}
