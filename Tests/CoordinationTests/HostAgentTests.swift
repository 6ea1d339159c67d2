import Coordination
import Failures
import Parameters
import Testing

/// A host's agent, from hello to the end.
@Suite("Agent of a host")
struct HostAgentTests {
  private static func process(_ id: Int) -> HostedProcess {
    HostedProcess(id: id, role: .worker, rank: id, incarnation: 1, port: 1, key: "k")
  }

  private static func orders(_ number: Int, _ ids: Int...) -> HostAgent.Event {
    .orders(HostOrders(number: number, processes: ids.map(process)))
  }

  @Test("runs what is ordered and nothing else, and ignores older orders")
  func orders() {
    var agent = HostAgent(pool: "p", now: 0)
    #expect(agent.handle(.tick, now: 0) == [.hello])
    #expect(
      agent.handle(Self.orders(3, 1, 2), now: 1)
        == [.start(Self.process(1)), .start(Self.process(2)), .report(HostReport(number: 3, ended: []))])
    #expect(agent.handle(Self.orders(2), now: 1).isEmpty)
    #expect(agent.handle(Self.orders(3, 1, 2), now: 1).isEmpty)
    #expect(
      agent.handle(Self.orders(4, 2, 5), now: 2)
        == [.end(id: 1), .start(Self.process(5)), .report(HostReport(number: 4, ended: []))])
  }

  @Test("repeats an ending until it is no longer among the orders, and does not start the process again")
  func endings() {
    var agent = HostAgent(pool: "p", now: 0)
    _ = agent.handle(Self.orders(1, 1), now: 0)
    let ended = [HostReport.Ending(id: 1, how: "signal 9")]
    #expect(agent.handle(.ended(id: 1, how: "signal 9"), now: 1) == [.report(HostReport(number: 1, ended: ended))])
    #expect(agent.handle(.tick, now: 1.6) == [.report(HostReport(number: 1, ended: ended))])
    #expect(agent.handle(Self.orders(2, 1, 2), now: 2).contains(.report(HostReport(number: 2, ended: ended))))
    #expect(agent.handle(Self.orders(3, 2), now: 3) == [.report(HostReport(number: 3, ended: []))])
    // One that was ended by order is no news.
    _ = agent.handle(Self.orders(4), now: 4)
    #expect(agent.handle(.ended(id: 2, how: "signal 9"), now: 4).isEmpty)
  }

  @Test("keeps its processes while the pool is silent, offers the machine again, and gives up at the deadline")
  func silence() {
    var agent = HostAgent(pool: "p", rejoinDeadline: 60, now: 0)
    _ = agent.handle(Self.orders(1, 1), now: 0)
    #expect(agent.handle(.tick, now: 1) == [.report(HostReport(number: 1, ended: []))])
    #expect(agent.handle(.tick, now: 30) == [.hello, .report(HostReport(number: 1, ended: []))])
    _ = agent.handle(Self.orders(1, 1), now: 40)
    #expect(agent.handle(.tick, now: 41).contains(.report(HostReport(number: 1, ended: []))))
    let departure = Departure(.coordinatorSilent, ExitCode.unavailable, "p has been silent for 60 s")
    #expect(agent.handle(.tick, now: 100) == [.leave(departure)])
    #expect(agent.handle(Self.orders(2, 3), now: 101).isEmpty)
  }

  @Test("a signal ends an idle agent at once, and one with processes when they have ended, or after a while")
  func signals() {
    let departure = HostAgent.Effect.leave(Departure(.signaled, 143, "stopped by signal 15"))
    var idle = HostAgent(pool: "p", now: 0)
    #expect(idle.handle(.signaled(15), now: 0) == [departure])
    var agent = HostAgent(pool: "p", now: 0)
    _ = agent.handle(Self.orders(1, 1), now: 0)
    #expect(agent.handle(.signaled(15), now: 1).isEmpty && agent.handle(.signaled(15), now: 30).isEmpty)
    var stuck = agent
    _ = agent.handle(.ended(id: 1, how: "exit code 143"), now: 2)
    #expect(agent.handle(.tick, now: 2) == [departure])
    _ = stuck.handle(Self.orders(2, 1), now: 1 + Timing.farewell - 1)
    #expect(stuck.handle(.tick, now: 1 + Timing.farewell) == [departure])
  }

  @Test("asks again after a refusal that says so; the deadline then names it")
  func refusal() {
    var agent = HostAgent(pool: "p", joinDeadline: 5, now: 0)
    _ = agent.handle(.tick, now: 0)
    #expect(agent.handle(.refused(exitCode: 75, sentence: "there is a host a"), now: 1).isEmpty)
    #expect(agent.handle(.tick, now: 2) == [.hello])
    #expect(agent.handle(.tick, now: 5) == [.leave(Departure(.refused, 75, "there is a host a"))])
    var other = HostAgent(pool: "p", now: 0)
    #expect(other.handle(.refused(exitCode: 69, sentence: "no"), now: 0) == [.leave(Departure(.refused, 69, "no"))])
  }
}
