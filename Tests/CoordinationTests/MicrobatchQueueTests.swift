import Coordination
import Parameters
import Testing

@Suite("Microbatch queue")
struct MicrobatchQueueTests {
  private static let workers = (0..<4).map { Member(.worker, $0) }

  @Test(
    "whoever rejects, repeats or dies: each microbatch up to the milestone is applied once, and none beyond",
    arguments: 0..<50)
  func account(seed: UInt64) throws {
    let random = CounterRandom(seed: seed, purpose: .probe)
    var draws = 0
    func below(_ count: Int) -> Int {
      draws += 1
      return Int(random.words(1, draws)[0]) % count
    }
    let asynchrony = Asynchrony(staleness: below(3), microbatches: 4, backup: below(4))
    var queue = MicrobatchQueue(asynchrony, after: 2)
    _ = queue.open(to: 5)
    var numbers = Dictionary(uniqueKeysWithValues: Self.workers.map { ($0, 0) })
    var applied: [Int] = []
    let expected = 2 * asynchrony.microbatchesPerStep..<5 * asynchrony.microbatchesPerStep
    var turns = 0
    while applied.count < expected.count, turns < 10_000 {
      turns += 1
      let worker = Self.workers[below(4)]
      let hand = queue.grant(for: worker)?.microbatches ?? []
      if below(10) == 0 {
        _ = queue.release(worker)
        numbers[worker] = 0
        continue
      }
      var request = MicrobatchRequest(number: numbers[worker, default: 0] + 1, capacity: 1 + below(3))
      for microbatch in hand where below(2) == 0 {
        if below(3) == 0 { request.returned.append(microbatch) } else { request.applied.append(microbatch) }
      }
      numbers[worker] = request.number
      applied += request.applied
      for _ in 0..<1 + below(2) { #expect(queue.take(request, of: worker).first == worker) }
      let inHand = Self.workers.flatMap { queue.grant(for: $0)?.microbatches ?? [] }
      #expect(Set(inHand).count == inHand.count, "two workers have the same")
      #expect(inHand.allSatisfy(expected.contains) && inHand.count <= (asynchrony.window ?? .max))
    }
    #expect(applied.sorted() == Array(expected) && queue.reachedVersion == 5)
  }

  @Test("a request that is older than the last one changes nothing, and is not answered")
  func older() {
    var queue = MicrobatchQueue(Asynchrony(staleness: nil, microbatches: 2, backup: 0), after: 0)
    _ = queue.open(to: 4)
    let worker = Self.workers[0]
    _ = queue.take(MicrobatchRequest(number: 1, capacity: 2), of: worker)
    _ = queue.take(MicrobatchRequest(number: 2, capacity: 2, applied: [0]), of: worker)
    #expect(queue.take(MicrobatchRequest(number: 1, capacity: 2, applied: [1]), of: worker).isEmpty)
    #expect(queue.grant(for: worker) == MicrobatchGrant(number: 2, microbatches: [1, 2]))
  }
}
