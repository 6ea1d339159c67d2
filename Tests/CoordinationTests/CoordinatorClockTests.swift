import Coordination
import Testing

@Suite("CoordinatorClock")
struct CoordinatorClockTests {
  @Test("each turn ticks; heartbeats are due at once and then every quarter of a second")
  func heartbeats() {
    var clock = CoordinatorClock(now: 0)
    let turns = (0...10).map { clock.turn(now: Double($0) / 10) }
    #expect(turns.allSatisfy { $0.first == .tick })
    #expect(turns.indices.filter { turns[$0].contains(.heartbeats) } == [0, 3, 6, 9])
  }

  @Test("a turn that comes more than half a second late is a pause of the process itself")
  func pause() {
    var clock = CoordinatorClock(now: 0)
    #expect(clock.turn(now: 0.5) == [.tick, .heartbeats])
    #expect(clock.turn(now: 1.1) == [.paused, .heartbeats])
    #expect(clock.turn(now: 1.2) == [.tick])
    var late = CoordinatorClock(now: 0)
    #expect(late.turn(now: 3) == [.paused, .heartbeats])
  }

  @Test("the end of a child counts a tenth of a second later, in the order in which they ended")
  func exits() {
    var clock = CoordinatorClock(now: 0)
    _ = clock.turn(now: 0)
    clock.exited(Member(.worker, 0), incarnation: 4, how: "signal 9", now: 0.05)
    clock.exited(Member(.server, 1), incarnation: 2, how: "exit 1", now: 0.12)
    #expect(clock.turn(now: 0.14) == [.tick])
    #expect(clock.turn(now: 0.16) == [.exited(Member(.worker, 0), incarnation: 4, how: "signal 9"), .tick])
    #expect(clock.turn(now: 0.23) == [.exited(Member(.server, 1), incarnation: 2, how: "exit 1"), .tick])
    #expect(clock.turn(now: 0.24) == [.tick])
  }
}
