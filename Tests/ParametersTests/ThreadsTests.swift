import Foundation
import Parameters
import Synchronization
import Testing

@Suite("Threads that share a loop") struct ThreadsTests {
  private func ranges(_ threads: Int, _ units: Int, of length: Int) -> [Range<Int>] {
    let ranges = Mutex<[Range<Int>]>([])
    Threads(threads).share(units, of: length) { range in ranges.withLock { $0.append(range) } }
    return ranges.withLock { $0.sorted { $0.lowerBound < $1.lowerBound } }
  }

  @Test("the parts are the whole, once, and nearly even", arguments: [1, 2, 3, 7, 64])
  func parts(threads: Int) {
    for units in [1, 2, 63, 64, 65, 1000] {
      let parts = ranges(threads, units, of: 1 << 20)
      #expect(parts.count == min(threads, units))
      #expect(parts.flatMap { Array($0) } == Array(0..<units))
      #expect((parts.map(\.count).max() ?? 0) - (parts.map(\.count).min() ?? 0) <= 1)
    }
  }

  @Test("a thread is woken for 2¹⁵ elements or more; less than twice as many stay on the thread that asks")
  func small() {
    #expect(ranges(8, 3 << 15, of: 1).count == 3)
    #expect(ranges(8, (2 << 15) - 1, of: 1) == [0..<(2 << 15) - 1])
    #expect(ranges(8, 0, of: 5) == [0..<0])
    let asking = Thread.current
    Threads(8).share(100) { _ in #expect(Thread.current == asking) }
  }

  @Test(
    "they are several threads at a time",
    .enabled(if: ProcessInfo.processInfo.activeProcessorCount > 1, "there is one processor"))
  func together() {
    // Each is let go by the other one only.
    let begun = [DispatchSemaphore(value: 0), DispatchSemaphore(value: 0)]
    let met = Atomic(0)
    Threads(2).share(2, of: 1 << 20) { range in
      begun[1 - range.lowerBound].signal()
      if begun[range.lowerBound].wait(timeout: .now() + 20) == .success { met.add(1, ordering: .relaxed) }
    }
    #expect(met.load(ordering: .relaxed) == 2)
  }

  @Test("sums are those of one thread")
  func sums() {
    let count = (5 << 15) + 77
    func gradient(_ seed: Int) -> Contribution<Float> {
      let random = CounterRandom(seed: UInt64(seed), purpose: .probe)
      return Contribution(
        gradient: Buffer((0..<count).map { Float(random.normal(0, $0)) }), tally: Tally(lossSum: 1, samples: 1))
    }
    let (a, b) = (gradient(1), gradient(2))
    let expected = zip(a.gradient.values, b.gradient.values).map { $0 + $1 }
    for threads in 1...4 {
      let sum = Contribution.add(a, b, into: Buffer(count: count), on: Threads(threads))
      let isExpected = sum.gradient.values == expected  // in an expectation, all differences would be looked for
      #expect(isExpected, "\(threads) threads")
    }
  }
}
