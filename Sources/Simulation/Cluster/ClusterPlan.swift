package import Parameters

/// A cluster and the run on it, of which some steps are simulated.
package struct ClusterPlan: Sendable {
  package var workers: Int
  package var servers: Int
  /// Hosts that all members are dealt out to; `nil` for a host for each of them, and one for the coordinator.
  package var hosts: Int?
  /// That a worker computes in each step.
  package var microbatches: Int
  /// Images in a microbatch.
  package var samples = 32
  /// Compute threads of a worker, each on a core of its own.
  package var threads = 1
  /// That the loops and sockets of all processes share, as where hosts are emulated on one machine; `nil` for one each.
  package var cores: Int?
  package var network: ClusterNetwork
  package var costs: ClusterCosts
  package var stragglers: Stragglers?
  /// What the servers hold.
  package var shards: ShardMap
  /// When each segment's gradient is complete, as a part of a microbatch's time.
  package let segmentCompletions: [Double]
  private let completion: @Sendable (_ offset: Int) -> Double
  /// Doubles in each server's report of a logging window.
  package var reportDoubles: [Int]
  package var reportEvery = 20
  /// How gradients and weights travel. What it takes to round them is not simulated.
  package var wire = WireFormat.float32
  /// Steps that are measured, after the first two.
  package var steps = 20
  package var seed: UInt64 = 1

  /// - Parameter completion: when the gradient is complete from an offset of the flat vector on.
  package init(
    workers: Int, microbatches: Int = 1, network: ClusterNetwork, costs: ClusterCosts, shards: ShardMap,
    reportDoubles: [Int] = [], completion: @escaping @Sendable (_ offset: Int) -> Double = { _ in 1 }
  ) {
    self.workers = workers
    self.microbatches = microbatches
    self.network = network
    self.costs = costs
    self.shards = shards
    segmentCompletions = shards.segments.map { completion($0.range.lowerBound) }
    self.completion = completion
    servers = shards.shards.count
    self.reportDoubles = reportDoubles.isEmpty ? shards.shards.map { _ in 0 } : reportDoubles
  }

  /// A worker and a server on one host, with the same work for each worker.
  var alone: ClusterPlan {
    var plan = ClusterPlan(
      workers: 1, microbatches: microbatches, network: network, costs: costs,
      shards: ShardMap(layout: shards.layout, serverCount: 1), reportDoubles: [reportDoubles.reduce(0, +)],
      completion: completion)
    (plan.hosts, plan.samples, plan.threads) = (1, samples, threads)
    (plan.reportEvery, plan.steps, plan.seed, plan.wire) = (reportEvery, steps, seed, wire)
    return plan
  }

  /// A share of the steps of workers takes longer.
  package struct Stragglers: Hashable, Sendable, Codable {
    /// 0 … 1.
    package var share: Double
    /// How many times as long.
    package var factor: Double

    package init(share: Double, factor: Double) {
      self.share = share
      self.factor = factor
    }
  }

  /// Steps before the measured ones.
  package static let warmup = 2

  var tree: ReductionTree { ReductionTree(leafCount: workers * microbatches) }

  /// The host of a member: the coordinator is on the first, members of each role are dealt out evenly.
  package var hostOfCoordinator: Int { 0 }

  package func host(ofServer rank: Int) -> Int { hosts.map { rank * $0 / servers } ?? 1 + rank }

  package func host(ofWorker rank: Int) -> Int { hosts.map { rank * $0 / workers } ?? 1 + servers + rank }

  package var hostCount: Int { hosts ?? 1 + servers + workers }

  /// How many times as long the worker computes in this step: a function of the seed.
  package func slowness(ofWorker rank: Int, step: Int) -> Double {
    guard let stragglers else { return 1 }
    var random = SeededRandom(seed: seed ^ (UInt64(rank) << 32 | UInt64(step)) &* 0x9E37_79B9_7F4A_7C15)
    return random.chance(stragglers.share) ? stragglers.factor : 1
  }
}

/// The links between hosts: each host has one, full-duplex, to a switch that has all the memory it needs.
package struct ClusterNetwork: Hashable, Sendable, Codable {
  /// In each direction.
  package var bytesPerSecond: Double
  /// From one host to another, one way.
  package var latencySeconds: Double

  package init(bytesPerSecond: Double, latencySeconds: Double = 0) {
    self.bytesPerSecond = bytesPerSecond
    self.latencySeconds = latencySeconds
  }

  /// The part of a link that is left for messages: 1448 bytes of them travel in a frame of 1514, with the headers of TCP
  /// (32 bytes), IP (20) and Ethernet (14).
  package static let messageShare = 1448.0 / 1514

  package var messageBytesPerSecond: Double { bytesPerSecond * Self.messageShare }
}
