import Benchmarks
import Foundation
import Synchronization
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

  @Test("whoever waits for somebody who does not come any more goes on, and does not continue")
  func closed() throws {
    let barrier = StepBarrier(count: 2)
    let answers = Mutex<[Bool]>([])
    let (first, done) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
    Thread.detachNewThread {
      first.signal()
      for _ in 0..<2 {
        let answer = barrier.wait(continues: true)
        answers.withLock { $0.append(answer) }
      }
      done.signal()
    }
    first.wait()
    barrier.close()
    try #require(done.wait(timeout: .now() + Deadline.event) == .success)
    #expect(answers.withLock { $0 } == [false, false])
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
