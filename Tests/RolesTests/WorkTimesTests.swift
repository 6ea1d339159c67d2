import Parameters
import Roles
import Testing

@Suite("What a thread spends its time on")
struct WorkTimesTests {
  @Test("every moment between beginning and end counts once, as what the thread was at")
  func whole() {
    var times = WorkTimes()
    // Before the beginning nothing counts, but what the thread is at.
    times.enter(.compute, at: 1)
    times.enter(.wire, at: 3)
    #expect(!times.isRunning)
    times.begin(at: 10)
    #expect(times.isRunning)
    let turns: [(Work, Double)] = [
      (.sum, 11), (.update, 11.5), (.update, 12), (.wire, 14), (.wait, 14), (.compute, 20),
    ]
    for (work, now) in turns { times.enter(work, at: now) }
    let seconds = times.end(at: 21)
    #expect(seconds == [.wire: 1, .sum: 0.5, .update: 2.5, .wait: 6, .compute: 1])
    #expect(seconds.values.reduce(0, +) == 21 - 10)
    #expect(!times.isRunning)
  }
}
