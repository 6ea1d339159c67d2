import Coordination
import Parameters
import Testing

/// Measuring the way to a host, against a link of known delay and bandwidth.
@Suite("Probes of hosts")
struct HostProbesTests {
  private typealias Probes = HostProbes<String>

  /// Answers every probe over a link with these properties, from `now` on.
  private static func play(
    _ effects: [Probes.Effect], _ probes: inout Probes, delay: Double, bandwidth: Double, skew: Double,
    now: inout Double
  ) -> [Probes.Effect] {
    var ends: [Probes.Effect] = []
    var queue = effects
    while !queue.isEmpty {
      guard case .probe(let peer, let number, let bytes) = queue.removeFirst() else { continue }
      // The host reads its clock when the probe has arrived.
      let arrival = now + delay + Double(bytes) / bandwidth
      let reply = HostProbeReply(number: number, time: 1000 + arrival + skew)
      now = arrival + delay
      for effect in probes.reply(reply, of: peer, now: now, wall: 1000 + now) {
        if case .done = effect { ends.append(effect) } else { queue.append(effect) }
      }
    }
    return ends
  }

  @Test("round trip, bandwidth and skew of the clock are those of the link")
  func link() throws {
    var probes = Probes()
    var now = 5.0
    let effects = probes.measure("a", now: now, wall: 1000 + now)
    let ends = Self.play(effects, &probes, delay: 0.01, bandwidth: 12.5e6, skew: -86400, now: &now)
    guard case .done("a", let link?)? = ends.first else {
      Issue.record("\(ends)")
      return
    }
    #expect(abs(link.roundTrip - 0.02) < 1e-9)
    #expect(abs(link.bandwidth / 12.5e6 - 1) < 1e-6)
    #expect(abs(link.clockSkew + 86400) < 1e-6)
  }

  @Test("an address that is no longer needed is measured no more, and the next host's turn comes at once")
  func cancellation() {
    var probes = Probes()
    _ = probes.measure("a", now: 0, wall: 0)
    _ = probes.measure("b", now: 0, wall: 0)
    _ = probes.measure("c", now: 0, wall: 0)
    #expect(probes.cancel("b", now: 0, wall: 0).isEmpty && !probes.isPending("b"))
    #expect(probes.cancel("a", now: 0.1, wall: 0.1) == [.probe("c", number: 2, bytes: 0)])
  }

  @Test("hosts are measured one after another, and one that does not answer holds the others up for 2 s only")
  func oneAtATime() {
    var probes = Probes()
    let first = probes.measure("a", now: 0, wall: 0)
    #expect(first == [.probe("a", number: 1, bytes: 0)])
    #expect(probes.measure("b", now: 0, wall: 0).isEmpty && probes.isPending("b"))
    // An answer of another host, or to another probe, is none.
    #expect(probes.reply(HostProbeReply(number: 1, time: 0), of: "b", now: 1, wall: 1).isEmpty)
    #expect(probes.reply(HostProbeReply(number: 7, time: 0), of: "a", now: 1, wall: 1).isEmpty)
    #expect(probes.tick(now: 1.9, wall: 1.9).isEmpty)
    #expect(probes.tick(now: 2.1, wall: 2.1) == [.done("a", link: nil), .probe("b", number: 2, bytes: 0)])
    #expect(!probes.isPending("a"))
  }
}
