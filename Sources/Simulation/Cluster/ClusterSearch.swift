import Parameters

/// The best number of servers and of microbatches for each number of workers.
package struct ClusterSearch: Sendable {
  package var workers: [Int]
  /// The servers to choose from; none for powers of two up to the number of workers.
  package var servers: [Int]
  /// The microbatches of a worker to choose from.
  package var microbatches: [Int]
  /// A cluster with the microbatches and shards of so many servers.
  package let plan: @Sendable (_ workers: Int, _ servers: Int, _ microbatches: Int) -> ClusterPlan

  /// Fewer servers are better if they cost less than this part of the speed.
  static let tolerance = 0.02
  /// Fewer microbatches are better if this efficiency is reached: larger batches need more images to learn the same.
  package static let goodEfficiency = 0.9

  package init(
    workers: [Int], servers: [Int], microbatches: [Int],
    plan: @escaping @Sendable (_ workers: Int, _ servers: Int, _ microbatches: Int) -> ClusterPlan
  ) {
    self.workers = workers
    self.servers = servers
    self.microbatches = microbatches
    self.plan = plan
  }

  /// One part of the work: some workers with some microbatches each.
  package struct Part: Hashable, Sendable {
    package let workers: Int
    package let microbatches: Int
  }

  /// The largest first, so that the last to end is a small one.
  package var parts: [Part] {
    workers.sorted(by: >).flatMap { workers in microbatches.map { Part(workers: workers, microbatches: $0) } }
  }

  /// Steps with which numbers of servers are compared.
  static let comparedSteps = 3

  /// Every combination, nothing left out.
  package func all() throws -> [ClusterFindings] {
    try workers.flatMap { workers in
      try servers.flatMap { servers in
        try microbatches.map { try ClusterSimulator.measure(plan(workers, servers, $0)) }
      }
    }
  }

  /// Tries numbers of servers in a few steps each, from few to many, up to the second that is no better than one before, and
  /// measures the best.
  package func run(_ part: Part) throws -> [ClusterFindings] {
    var tried: [ClusterFindings] = []
    var worse = 0
    let counts = servers.isEmpty ? Array(sequence(first: 1) { $0 * 2 <= part.workers ? $0 * 2 : nil }) : servers
    for count in counts where worse < 2 {
      var plan = plan(part.workers, count, part.microbatches)
      if counts.count > 1 { plan.steps = min(plan.steps, Self.comparedSteps) }
      // A small network has no work for so many.
      if count > 1, servers.isEmpty, plan.shards.shards.contains(where: \.isEmpty) { break }
      let best = tried.map(\.imagesPerSecond).max() ?? 0
      let findings = try ClusterSimulator.measure(plan)
      tried.append(findings)
      if findings.imagesPerSecond < best * (1 + Self.tolerance / 2) { worse += 1 }
    }
    guard let best = Self.fewestServers(tried), let index = tried.firstIndex(of: best) else { return tried }
    let whole = plan(part.workers, best.servers, part.microbatches)
    if whole.steps > best.steps { tried[index] = try ClusterSimulator.measure(whole) }
    return tried
  }

  /// The fewest servers that are about as fast as any number.
  package static func fewestServers(_ tried: [ClusterFindings]) -> ClusterFindings? {
    // Those that are measured in all their steps.
    let most = tried.map(\.steps).max()
    if Set(tried.map(\.steps)).count > 1 { return tried.first { $0.steps == most } }
    let best = tried.map(\.imagesPerSecond).max() ?? 0
    return tried.filter { $0.imagesPerSecond >= best * (1 - tolerance) }.min { $0.servers < $1.servers }
  }

  /// For each number of workers, the fewest microbatches that are efficient, or the most efficient number.
  package static func best(_ tried: [ClusterFindings]) -> [ClusterFindings] {
    Dictionary(grouping: tried, by: \.workers).sorted { $0.key < $1.key }.compactMap { _, tried in
      let candidates = Dictionary(grouping: tried, by: \.microbatches).values.compactMap(fewestServers)
      return candidates.filter { $0.efficiency >= goodEfficiency }.min { $0.microbatches < $1.microbatches }
        ?? candidates.max { $0.efficiency < $1.efficiency }
    }
  }
}
