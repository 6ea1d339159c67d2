import Benchmarks
import Foundation
import TestSupport
import Testing

@Suite("Threads in step")
struct StepBarrierTests {
  /// Each counts its rounds; between two waits nobody can be more than one ahead.
  @Test("nobody begins a round before all have finished the last one, and all end with the first that wants to")
  func inStep() throws {
    let (barrier, threads, wanted) = (StepBarrier(count: 3), 3, [500, 200, 800])
    let counts = Counts(threads)
    let done = DispatchSemaphore(value: 0)
    for thread in 0..<threads {
      Thread.detachNewThread {
        repeat { counts.finish(of: thread) } while barrier.wait(continues: counts[thread] < wanted[thread])
        done.signal()
      }
    }
    for _ in 0..<threads { try #require(done.wait(timeout: .now() + Deadline.event) == .success) }
    #expect((0..<threads).map { counts[$0] } == [200, 200, 200])
    #expect(counts.widest == 1)
  }

  private final class Counts: @unchecked Sendable {
    private let lock = NSLock()
    private var counts: [Int]
    private(set) var widest = 0

    init(_ threads: Int) { counts = Array(repeating: 0, count: threads) }

    subscript(thread: Int) -> Int { lock.withLock { counts[thread] } }

    func finish(of thread: Int) {
      lock.withLock {
        counts[thread] += 1
        widest = max(widest, (counts.max() ?? 0) - (counts.min() ?? 0))
      }
    }
  }
}
