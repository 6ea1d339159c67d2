import Failures
import Parameters

/// What a simulated cluster does in a step.
package struct ClusterFindings: Hashable, Sendable, Codable {
  package enum Part: String, Hashable, Sendable, Codable, CaseIterable { case worker, server, network, coordinator }

  package let workers: Int
  package let servers: Int
  package let hosts: Int
  /// That a worker computes in each step.
  package let microbatches: Int
  /// Images in a step.
  package let batch: Int
  /// Steps that were measured.
  package let steps: Int
  package let stepSeconds: Double
  /// The median of the steps, from one version of all servers to the next: requests that are sent again at the beginning of a
  /// run make its first steps longer.
  package let medianStepSeconds: Double
  package let imagesPerSecond: Double
  /// Images a second and worker, beside a worker and a server that are alone on one host.
  package internal(set) var efficiency: Double
  /// Of the time of a step, the part during which the busiest of its kind works: a worker's threads, loop or sockets; a
  /// server's loop or sockets; a direction of a host's link; the coordinator's loop or sockets.
  package let workerUse: Double
  package let serverUse: Double
  package let networkUse: Double
  package let coordinatorUse: Double
  package let bottleneck: Part
  /// Of messages in a step, through the busier direction of a host's link: of the busiest host, and of the mean.
  package let busiestLinkBytes: Double
  package let meanLinkBytes: Double
  /// To and from the coordinator, for each worker in each step.
  package let coordinatorMessages: Double
  package let coordinatorBytes: Double
  /// Of the loops of all servers, in a step.
  package let serverSeconds: Double
  /// Steps in which a worker has sent its requests again, in all.
  package let repetitions: Int
  /// Of the simulation.
  package let events: Int

  init(_ cluster: Cluster, from start: ClusterUsage, to end: ClusterUsage) {
    let plan = cluster.plan
    let steps = Double(plan.steps)
    let seconds = end.time - start.time
    func busiest(_ before: [Double], _ after: [Double]) -> Double {
      zip(before, after).map { $1 - $0 }.max().map { seconds > 0 ? $0 / seconds : 0 } ?? 0
    }
    workers = plan.workers
    servers = plan.servers
    hosts = plan.hostCount
    microbatches = plan.microbatches
    batch = plan.workers * plan.microbatches * plan.samples
    self.steps = plan.steps
    stepSeconds = seconds / steps
    let ends = (ClusterPlan.warmup...ClusterPlan.warmup + plan.steps).compactMap { cluster.progress.times[$0] }
    medianStepSeconds = zip(ends, ends.dropFirst()).map { $1 - $0 }.median ?? seconds / steps
    imagesPerSecond = Double(batch) / stepSeconds
    efficiency = 1
    let compute = (ClusterPlan.warmup..<(ClusterPlan.warmup + plan.steps)).reduce(0) {
      $0 + (cluster.progress.computeSeconds[$1] ?? 0)
    }
    workerUse = max(seconds > 0 ? compute / seconds : 0, busiest(start.workerSeconds, end.workerSeconds))
    serverUse = busiest(start.serverSeconds, end.serverSeconds)
    networkUse = busiest(start.linkSeconds, end.linkSeconds)
    coordinatorUse = seconds > 0 ? (end.coordinatorSeconds - start.coordinatorSeconds) / seconds : 0
    let uses: [(Part, Double)] = [
      (.worker, workerUse), (.server, serverUse), (.network, networkUse), (.coordinator, coordinatorUse),
    ]
    bottleneck = uses.reduce((.worker, -1)) { $1.1 > $0.1 ? $1 : $0 }.0
    let bytes = zip(start.linkBytes, end.linkBytes).map { ($1 - $0) / steps }
    let links = stride(from: 0, to: bytes.count, by: 2).map { max(bytes[$0], bytes[$0 + 1]) }
    busiestLinkBytes = links.max() ?? 0
    meanLinkBytes = links.isEmpty ? 0 : links.reduce(0, +) / Double(links.count)
    let shares = steps * Double(plan.workers)
    coordinatorMessages = Double(end.coordinatorMessages - start.coordinatorMessages) / shares
    coordinatorBytes = Double(end.coordinatorBytes - start.coordinatorBytes) / shares
    serverSeconds = (end.serverWork - start.serverWork) / steps
    repetitions = cluster.repetitions
    events = cluster.eventCount
  }
}

extension [Double] {
  /// The mean of the two in the middle where the count is even; `nil` without numbers.
  var median: Double? {
    guard !isEmpty else { return nil }
    let sorted = sorted()
    return (sorted[(count - 1) / 2] + sorted[count / 2]) / 2
  }
}

/// Simulates clusters, and finds the best number of servers and microbatches.
package enum ClusterSimulator {
  /// Simulates the cluster of `plan`.
  ///
  /// - Throws: `RunError` if the run does not come to its end, which means that the cluster is overloaded.
  package static func measure(_ plan: ClusterPlan) throws -> ClusterFindings {
    var findings = try measureAlone(plan)
    let base = try measureAlone(plan.alone)
    findings.efficiency = findings.imagesPerSecond / Double(plan.workers) / base.imagesPerSecond
    return findings
  }

  package static func measureAlone(_ plan: ClusterPlan) throws -> ClusterFindings {
    let cluster = try play(plan)
    guard let start = cluster.progress.start, let end = cluster.progress.end else {
      throw RunError(ExitCode.software, "the simulated run has too few steps")
    }
    return ClusterFindings(cluster, from: start, to: end)
  }

  /// Of a whole run, from its first message to its last.
  package static func traffic(_ plan: ClusterPlan) throws -> ClusterTraffic { try play(plan).traffic }

  private static func play(_ plan: ClusterPlan) throws -> Cluster {
    let cluster = try Cluster(plan)
    try cluster.play()
    return cluster
  }
}
