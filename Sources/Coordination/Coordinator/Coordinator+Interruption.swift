import Parameters

/// A signal on its way to the end of the run: servers are held where they are, then the last of their versions is kept.
struct Interruption: Hashable, Sendable {
  let signal: Int32
  /// When the run ends without having kept anything.
  let deadline: Double
  /// Whether the servers' versions are still being asked for.
  var isHolding = true

  var ending: RunEnding { .interrupted(by: signal) }
}

extension Coordinator {
  /// Seconds to finish a step and to keep it.
  private static var patience: Double { 30 }

  mutating func interrupt(_ signal: Int32, now: Double) -> [Effect] {
    guard interruption == nil else { return [] }
    let interruption = Interruption(signal: signal, deadline: now + Self.patience)
    guard phase == .training else { return end(interruption.ending) }
    // The end is near anyway, and is kept.
    guard closing == nil else { return [] }
    self.interruption = interruption
    number += 1
    return orderServers(now: now)
  }

  /// Once every server is held: the highest of their versions, which all can reach, is the one to keep.
  mutating func stopIfHeld(now: Double) -> [Effect] {
    guard phase == .training, interruption?.isHolding == true else { return [] }
    let pulses = (0..<plan.serverCount).compactMap { roster[Member(.server, $0)]?.pulse }
    guard pulses.count == plan.serverCount,
      pulses.allSatisfy({ $0.generation == generation && $0.orders >= number }),
      let version = pulses.map(\.progress).max()
    else { return [] }
    interruption?.isHolding = false
    number += 1
    if version != milestone?.version {
      guard !committed.contains(version), !commits.contains(version) else { return endInterrupted(at: version) }
      milestone = Milestone(version: version, evaluates: nil, keeps: 0..<plan.serverCount)
    } else if milestone?.isKept == false {
      milestone = milestone?.kept(by: 0..<plan.serverCount)
    }
    shareOut()
    return orderServers(now: now) + orderWorkers(now: now) + advance(now: now)
  }

  /// At a version that is on the disk, or will be in a moment.
  private mutating func endInterrupted(at version: Int) -> [Effect] {
    guard let interruption else { return [] }
    guard commits.contains(version) else { return end(interruption.ending) }
    closing = (version, interruption.ending)
    return []
  }
}
