package import Parameters

/// Measures the way to each host before it joins, one host at a time, so that they don't share the pool's link, nor what later runs
/// there.
/// Events in, effects out, no I/O; time is a number of seconds that comes with each event and never falls.
package struct HostProbes<Peer: Hashable & Sendable>: Sendable {
  package enum Effect: Hashable, Sendable {
    /// Send a probe with so many bytes of payload.
    case probe(Peer, number: Int, bytes: Int)
    /// - Parameter link: `nil` if the host didn't answer in time.
    case done(Peer, link: HostLink?)
  }

  /// One after another: short ones for the round trip, then long ones for the bandwidth. The best of each counts: what else the
  /// machines do only delays.
  private static var sizes: [Int] { [0, 0, 0, HostLink.probeBytes, HostLink.probeBytes] }
  /// Seconds for all probes of one host.
  private static var deadline: Double { 2 }

  private struct Measurement {
    let peer: Peer
    let began: Double
    var index = 0
    var sent: (now: Double, wall: Double)
    var shortest = Double.infinity
    var shortestTransfer = Double.infinity
    var skew = 0.0
  }

  private var waiting: [Peer] = []
  private var current: Measurement?
  private var number = 0

  package init() {}

  /// Whether the way to this host is being measured, or will be.
  package func isPending(_ peer: Peer) -> Bool { current?.peer == peer || waiting.contains(peer) }

  /// - Parameter wall: this machine's clock in seconds since 1970.
  package mutating func measure(_ peer: Peer, now: Double, wall: Double) -> [Effect] {
    waiting.append(peer)
    return current == nil ? begin(now: now, wall: wall) : []
  }

  package mutating func reply(_ reply: HostProbeReply, of peer: Peer, now: Double, wall: Double) -> [Effect] {
    guard var measurement = current, measurement.peer == peer, reply.number == number else { return [] }
    let elapsed = now - measurement.sent.now
    if Self.sizes[measurement.index] > 0 {
      measurement.shortestTransfer = min(measurement.shortestTransfer, max(elapsed - measurement.shortest, 1e-9))
    } else if elapsed < measurement.shortest {
      measurement.shortest = elapsed
      measurement.skew = reply.time - (measurement.sent.wall + elapsed / 2)
    }
    guard measurement.index + 1 < Self.sizes.count else {
      current = nil
      let link = HostLink(
        roundTrip: measurement.shortest, bandwidth: Double(HostLink.probeBytes) / measurement.shortestTransfer,
        clockSkew: measurement.skew)
      return [.done(peer, link: link)] + begin(now: now, wall: wall)
    }
    measurement.index += 1
    measurement.sent = (now, wall)
    current = measurement
    number += 1
    return [.probe(peer, number: number, bytes: Self.sizes[measurement.index])]
  }

  /// The way to this host need not be measured.
  package mutating func cancel(_ peer: Peer, now: Double, wall: Double) -> [Effect] {
    waiting.removeAll { $0 == peer }
    guard current?.peer == peer else { return [] }
    current = nil
    return begin(now: now, wall: wall)
  }

  /// Gives up on a host that doesn't answer.
  package mutating func tick(now: Double, wall: Double) -> [Effect] {
    guard let measurement = current, now - measurement.began > Self.deadline else { return [] }
    current = nil
    return [.done(measurement.peer, link: nil)] + begin(now: now, wall: wall)
  }

  private mutating func begin(now: Double, wall: Double) -> [Effect] {
    guard !waiting.isEmpty else { return [] }
    let peer = waiting.removeFirst()
    current = Measurement(peer: peer, began: now, sent: (now, wall))
    number += 1
    return [.probe(peer, number: number, bytes: Self.sizes[0])]
  }
}
