import Parameters
import Testing

@Suite("Asynchrony")
struct AsynchronyTests {
  @Test("a set of microbatches is a set of numbers, whatever the order", arguments: 0..<20)
  func set(seed: UInt64) {
    let random = CounterRandom(seed: seed, purpose: .probe)
    var (set, reference) = (MicrobatchSet(first: 3), Set(0..<3))
    for step in 0..<200 {
      let number = Int(random.words(0, step)[0] % 60)
      #expect(set.contains(number) == reference.contains(number))
      #expect(set.insert(number) == reference.insert(number).inserted)
      #expect(set.count == reference.count)
    }
    #expect(reference.allSatisfy(set.contains) && !set.contains(60))
  }

  @Test("staleness is counted by distance, and sums are those of the parts")
  func staleness() {
    var (a, b) = (Staleness(), Staleness())
    for versions in [0, 2, 2] { a.note(versions) }
    for versions in [1, 5_000] { b.note(versions) }
    (a.rejected, b.late) = (4, 1)
    let sum = a + b
    #expect(sum == b + a && sum.counts[...2] == [1, 1, 2] && sum.counts[Staleness.longest] == 1)
    #expect(sum.applied == 5 && sum.rejected == 4 && sum.late == 1 && a.mean == 4.0 / 3 && a.largest == 2)
    #expect(a + Staleness() == a && Staleness() + a == a && Staleness().mean == nil)
  }

  @Test("as many microbatches are in hand as can be applied")
  func window() {
    #expect(Asynchrony(staleness: 0, microbatches: 4, backup: 1).window == 4)
    #expect(Asynchrony(staleness: 2, microbatches: 4, backup: 1).window == 10)
    #expect(Asynchrony(staleness: nil, microbatches: 4, backup: 0).window == nil)
    #expect(Asynchrony(staleness: .max, microbatches: 4, backup: 0).window == .max)
  }
}
