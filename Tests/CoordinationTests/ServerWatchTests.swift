import Coordination
import Testing

@Suite("ServerWatch")
struct ServerWatchTests {
  private static func watch(servers: Int = 2, joinDeadline: Double = 30) -> ServerWatch {
    var watch = ServerWatch(joinDeadline: joinDeadline, now: 0)
    watch.enter(serverCount: servers, now: 0)
    return watch
  }

  @Test("has requests retransmitted every second while a server is awaited")
  func retransmission() {
    var watch = Self.watch()
    let due = (1...45).filter { watch.check(awaited: [1], now: Double($0) / 10) == .overdue }
    #expect(due == [11, 22, 33, 44])
  }

  @Test("leaves requests whose answers usually take long twice that time, but not after a single long wait")
  func patience() {
    /// When requests are sent again in a wait that follows waits of these lengths.
    func repetition(after waits: [Double]) -> Double? {
      var watch = Self.watch()
      var now = 0.0
      for wait in waits {
        for tenth in 1...Int(wait * 10) { _ = watch.check(awaited: [0], now: now + Double(tenth) / 10) }
        now += wait
        _ = watch.check(awaited: [], now: now)
      }
      return (1...200).first { watch.check(awaited: [0], now: now + Double($0) / 10) == .overdue }.map {
        (Double($0) / 10 * 10).rounded() / 10
      }
    }
    #expect(repetition(after: []) == 1.1 && repetition(after: [0.2, 0.2, 0.2]) == 1.1)
    #expect(repetition(after: [2, 2]) == 4.1 && repetition(after: [2, 3]) == 4.1)
    #expect(repetition(after: [0.2, 9]) == 1.1 && repetition(after: [9, 9, 0.2]) == 1.1)
  }

  @Test("while answers to other requests come, nothing is sent again before twice the time between them")
  func answers() {
    var watch = Self.watch()
    var overdue: [Double] = []
    for tenth in 1...200 {
      let now = Double(tenth) / 10
      if watch.check(awaited: [0], now: now) == .overdue { overdue.append(now) }
      if tenth.isMultiple(of: 20) { watch.answered(now: now) }
    }
    #expect(!overdue.isEmpty && overdue.allSatisfy { $0 < 4.1 }, "\(overdue)")
    // No answer comes any more.
    #expect((201...300).first { watch.check(awaited: [0], now: Double($0) / 10) == .overdue } == 241)
  }

  @Test("has microbatches asked for again every second, while nothing else is awaited")
  func microbatches() {
    var watch = Self.watch()
    func due(_ tenths: ClosedRange<Int>, awaited: [Int], _ awaitsMicrobatches: Bool) -> [Int] {
      tenths.filter {
        watch.check(awaited: awaited, awaitsMicrobatches: awaitsMicrobatches, now: Double($0) / 10) == .overdue
      }
    }
    #expect(due(1...25, awaited: [], true) == [11, 22] && due(26...60, awaited: [], false).isEmpty)
    #expect(due(61...65, awaited: [0], true).isEmpty && due(66...80, awaited: [], true) == [76])
  }

  @Test("counts from the moment when nothing was awaited")
  func idle() {
    var watch = Self.watch()
    #expect(watch.check(awaited: [], now: 50) == nil)
    #expect(watch.check(awaited: [0], now: 51) == nil)
    #expect(watch.check(awaited: [0], now: 51.1) == .overdue)
  }

  @Test("names the awaited server that is silent for longer than its coordinator waits for another one")
  func silence() {
    for (joinDeadline, deadline) in [(30.0, 75.0), (90, 105)] {
      var watch = Self.watch(joinDeadline: joinDeadline)
      #expect(watch.deadline == deadline)
      watch.heard(1, now: 5)
      #expect(watch.check(awaited: [1], now: deadline + 5) == .overdue)
      #expect(watch.check(awaited: [1], now: deadline + 5.1) == .silent(server: 1))
    }
  }

  @Test("an answer, a new generation and a time without requests start the silence anew")
  func signs() {
    var heard = Self.watch()
    heard.heard(0, now: 40)
    #expect(heard.check(awaited: [0], now: 114) == .overdue)
    var entered = Self.watch()
    entered.enter(serverCount: 3, now: 40)
    #expect(entered.check(awaited: [0, 1, 2], now: 114) == .overdue)
    var idle = Self.watch()
    _ = idle.check(awaited: [1], now: 40)
    #expect(idle.check(awaited: [0, 1], now: 76) == .silent(server: 1), "only server 0 was not awaited at 40 s")
  }
}
