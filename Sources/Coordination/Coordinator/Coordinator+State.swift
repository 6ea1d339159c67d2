import Parameters

/// What the caller may ask.
extension Coordinator {
  /// Fences out messages of earlier starts, rewinds and resumes.
  package var generation: UInt64 { current.number }

  /// Versions whose state is on the disk, ascending.
  package var committed: [Int] { checkpoints.committed }

  /// The version that no server may pass; 0 while there is no milestone.
  package var horizon: Int { phase.milestone?.version ?? 0 }

  /// No server of the generation is behind this version.
  package var lowestVersion: Int {
    let versions = plan.servers.map { rank in
      let pulse = roster[Member(.server, rank)]?.pulse
      return max(pulse?.generation == generation ? pulse?.progress ?? 0 : 0, current.reported[rank, default: 0])
    }
    return max(current.firstVersion, versions.min() ?? current.firstVersion)
  }

  /// Whether a server's report of `version` is the next one to record; others are early or repeated.
  func expectsReport(of version: Int, from member: Member) -> Bool {
    guard case .training = phase, let last = current.reported[member.rank] else { return false }
    return version == plan.nextReport(after: last)
  }

  /// How many microbatches `member` computes in each step; in an asynchronous run, how many it has in hand.
  package func microbatches(of member: Member) -> Int {
    guard case .training(let training) = phase else { return 0 }
    if let queue = training.queue { return queue.count(of: member) }
    return training.microbatches[member, default: []].reduce(0) { $0 + $1.count }
  }

  /// Why the worker with this rank can't be drained; `nil` if it can.
  package func obstacle(toDraining rank: Int) -> String? {
    let workers = roster.present.filter { $0.role == .worker }
    guard workers.contains(Member(.worker, rank)) else {
      return "the run has no worker \(rank); it has \(workers.map { String($0.rank) }.joined(separator: ", "))"
    }
    switch phase {
    case .training, .closing:
      return roster.ready(.worker).contains { $0.rank != rank } ? nil : "worker \(rank) is the run's only ready worker"
    case .joining, .restoring, .ended: return "the run is not training"
    }
  }

  /// An event for the records.
  func event(_ kind: RunEvent.Kind, of member: Member? = nil, _ what: String, now: Double) -> Effect {
    .happened(RunEvent(kind, of: member, seconds: now - start, step: lowestVersion, what: what))
  }
}
