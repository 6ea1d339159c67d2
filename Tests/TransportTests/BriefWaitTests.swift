import Testing
import Transport

@Suite("Brief waits")
struct BriefWaitTests {
  /// A clock that only yields move, each by as long as the next of `yields` says, the last one over and over.
  private struct Run {
    var wait = BriefWait()
    var time = 0.0

    /// - Returns: whether it was over, and how often the thread has yielded.
    mutating func wait(overAfter end: Double, yields: [Double] = [1e-6]) -> (isOver: Bool, count: Int) {
      let (start, steps) = (time, yields)
      var (now, count) = (time, 0)
      let isOver = wait.wait(
        until: { now - start >= end }, now: { now },
        yield: {
          now += steps[min(count, steps.count - 1)]
          count += 1
        })
      time = now
      return (isOver, count)
    }
  }

  @Test("what comes within a millisecond is waited for, every time")
  func short() {
    var run = Run()
    for _ in 0..<5 {
      let wait = run.wait(overAfter: 500e-6)
      #expect(wait.isOver && (500...501).contains(wait.count))
    }
  }

  @Test("what is there already takes no yield, and says nothing of later waits")
  func noWait() {
    var run = Run()
    #expect(run.wait(overAfter: 5e-3).isOver == false)
    for _ in 0..<3 { #expect(run.wait(overAfter: 0) == (true, 0)) }
    #expect(run.wait(overAfter: 500e-6) == (false, 0))
  }

  @Test("each failure in a row doubles the waits that are not tried, up to 1024; a success lets all be tried")
  func failures() {
    var run = Run()
    for untried in [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 1024] {
      let wait = run.wait(overAfter: 5e-3)
      #expect(!wait.isOver && (1000...1001).contains(wait.count))
      for _ in 0..<untried { #expect(run.wait(overAfter: 5e-3) == (false, 0)) }
    }
    #expect(run.wait(overAfter: 1e-4).isOver)
    #expect(run.wait(overAfter: 5e-3).count > 0)
    #expect(run.wait(overAfter: 5e-3).count == 0)
    #expect(run.wait(overAfter: 5e-3).count > 0)
  }

  @Test("a yield that lets another thread work ends the wait, even if it is over by then")
  func busy() {
    var run = Run()
    #expect(run.wait(overAfter: 50e-6, yields: [1e-6, 1e-6, 200e-6]) == (true, 3))
    #expect(run.wait(overAfter: 50e-6) == (false, 0))
    #expect(run.wait(overAfter: 50e-6).isOver)
  }
}
