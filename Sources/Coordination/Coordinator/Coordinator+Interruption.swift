import Parameters

/// The way from a signal to the end of the run.
extension Coordinator {
  /// Holds the servers where they are; before training and in `closing` there is nothing to hold.
  mutating func interrupt(_ signal: Int32, now: Double) -> [Effect] {
    let interruption = Interruption(signal: signal, deadline: now + Deadlines.interruption)
    switch phase {
    case .joining, .restoring: return end(interruption.ending)
    case .training(var training) where training.interruption == nil:
      training.interruption = interruption
      phase = .training(training)
      // The steps that are under way end at a version that is made of everything that was handed out.
      if let queue = training.queue { return keep(queue.reachedVersion, now: now) }
      current.orders += 1
      return orderServers(now: now)
    case .training, .closing, .ended: return refuse(.repeatedSignal)
    }
  }

  /// Once every server is held: the highest of their versions, which all can reach, becomes the last milestone.
  mutating func keepHeldVersion(now: Double) -> [Effect] {
    guard case .training(let training) = phase, training.interruption?.isHolding == true, let version = heldVersion
    else { return [] }
    return keep(version, now: now)
  }

  /// Makes the version the last milestone.
  private mutating func keep(_ version: Int, now: Double) -> [Effect] {
    guard case .training(var training) = phase, let interruption = training.interruption else { return [] }
    if checkpoints.isWriting(version) {
      close(at: version, as: interruption.ending)
      return []
    }
    if checkpoints.contains(version) { return end(interruption.ending) }
    var milestone = training.milestone
    if version != milestone.version {
      milestone = Milestone(version: version, evaluates: nil, keeps: plan.servers)
    } else if !milestone.isKept {
      milestone = milestone.kept(by: plan.servers)
    }
    training.interruption?.isHolding = false
    training.head(toward: milestone, workers: roster.ready(.worker))
    phase = .training(training)
    current.orders += 1
    return orderServers(now: now) + orderWorkers(now: now) + openQueue() + advance(now: now)
  }

  /// The highest version of the servers; `nil` until each has followed the orders in force.
  private var heldVersion: Int? {
    let pulses = plan.servers.compactMap { roster[Member(.server, $0)]?.pulse }
    guard pulses.count == plan.serverCount,
      pulses.allSatisfy({ $0.generation == generation && $0.orders >= current.orders })
    else { return nil }
    return pulses.map(\.progress).max()
  }
}
