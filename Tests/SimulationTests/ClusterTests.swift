import Parameters
import Testing

import Simulation

/// Simulated clusters whose time per step is known.
@Suite("Cluster")
struct ClusterTests {
  private static let elements = 200_000

  private static func shards(_ servers: Int, elements: Int = elements) -> ShardMap {
    let layout = ParameterLayout([
      Parameter(
        layer: "a", shape: Shape(elements / 100, 100), role: .weight, group: .weights, invariance: .filter,
        initializer: .constant(1))
    ])
    return ShardMap(layout: layout, serverCount: servers)
  }

  private static func plan(
    workers: Int = 1, servers: Int = 1, microbatches: Int = 1, costs: ClusterCosts,
    bytesPerSecond: Double = .infinity, latency: Double = 0, elements: Int = elements
  ) -> ClusterPlan {
    ClusterPlan(
      workers: workers, microbatches: microbatches,
      network: ClusterNetwork(bytesPerSecond: bytesPerSecond, latencySeconds: latency), costs: costs,
      shards: shards(servers, elements: elements))
  }

  private static func seconds(_ plan: ClusterPlan) throws -> Double {
    try ClusterSimulator.measureAlone(plan).stepSeconds
  }

  private static func isClose(_ a: Double, _ b: Double, _ tolerance: Double = 1e-9) -> Bool {
    abs(a - b) <= tolerance * abs(b)
  }

  @Test("one worker without a network takes the time that it computes")
  func compute() throws {
    #expect(Self.isClose(try Self.seconds(Self.plan(costs: ClusterCosts(microbatchSeconds: 0.05))), 0.05))
    let several = Self.plan(microbatches: 6, costs: ClusterCosts(microbatchSeconds: 0.05))
    #expect(Self.isClose(try Self.seconds(several), 0.3))
    var threads = several
    threads.threads = 2
    #expect(Self.isClose(try Self.seconds(threads), 0.15))
  }

  @Test("a segment that is complete halfway travels, and comes back, while the rest is computed")
  func overlap() throws {
    let rate = 1e8
    let layout = ParameterLayout(
      ["a", "b"].map {
        Parameter(
          layer: $0, shape: Shape(Self.elements / 2), role: .bias, group: .head, initializer: .constant(0))
      })
    func seconds(segmentSize: ClosedRange<Int>) throws -> Double {
      var plan = ClusterPlan(
        workers: 1, network: ClusterNetwork(bytesPerSecond: rate), costs: ClusterCosts(microbatchSeconds: 0.1),
        shards: ShardMap(layout: layout, serverCount: 1, segmentSize: segmentSize),
        completion: { $0 == 0 ? 1 : 0.5 })
      plan.reportEvery = plan.steps * 2
      return try Self.seconds(plan)
    }
    let half = Double(4 * Self.elements / 2) / (rate * ClusterNetwork.messageShare)
    #expect(2 * half < 0.05)
    #expect(Self.isClose(try seconds(segmentSize: Int.max...Int.max), 0.1 + 4 * half, 1e-3))
    #expect(Self.isClose(try seconds(segmentSize: 1...Int.max), 0.1 + 2 * half, 1e-3))
  }

  @Test("a step without computing takes the bytes of weights and gradients by the bandwidth, and two latencies")
  func bytes() throws {
    let rate = 1e8
    let costs = ClusterCosts(microbatchSeconds: 0)
    let bytesPerSecond = rate * ClusterNetwork.messageShare
    let payload = Double(2 * 4 * Self.elements) / bytesPerSecond
    var plan = Self.plan(costs: costs, bytesPerSecond: rate)
    plan.reportEvery = plan.steps * 2
    let alone = try Self.seconds(plan)
    // The headers of a pull, of weights, of a push, of a heartbeat: some dozen bytes each.
    #expect(alone >= payload && alone < payload + 400 / bytesPerSecond)
    // Four workers share the server's link; the first gradient overlaps the last weights by less than a turn of each.
    let four = try Self.seconds(Self.plan(workers: 4, costs: costs, bytesPerSecond: rate))
    #expect(abs(four - 4 * payload) < 4 * Fabric.quantum / bytesPerSecond)
    // A pull goes with the push that makes its weights, so a step takes the way to the server and back.
    plan.network.latencySeconds = 0.01
    let late = try Self.seconds(plan)
    #expect(Self.isClose(late - alone, 0.02, 1e-3))
  }

  @Test("twice the bandwidth halves a step that the network bounds")
  func bandwidth() throws {
    let costs = ClusterCosts(microbatchSeconds: 0)
    func seconds(_ rate: Double) throws -> Double {
      try Self.seconds(Self.plan(workers: 4, servers: 2, costs: costs, bytesPerSecond: rate))
    }
    let (once, twice) = (try seconds(1e8), try seconds(2e8))
    #expect(Self.isClose(once, 2 * twice, 1e-3))
  }

  @Test("a server adds n − 1 gradients and updates once; two servers take half as long")
  func server() throws {
    var costs = ClusterCosts(microbatchSeconds: 0)
    (costs.sumBytesPerSecond, costs.updateBytesPerSecond) = (5e9, 4e9)
    func seconds(_ workers: Int, _ servers: Int) throws -> Double {
      try Self.seconds(Self.plan(workers: workers, servers: servers, costs: costs))
    }
    func expected(_ workers: Double, _ servers: Double) -> Double {
      Double(Self.elements) / servers * ((12 * (workers - 1) + 4 * workers) / 5e9 + 20 / 4e9)
    }
    // Workers copy what comes from several servers to its place among the weights.
    let copy = Double(Self.elements) * 8 / 5e9
    for workers in [2, 3, 8] {
      let (one, two) = (try seconds(workers, 1), try seconds(workers, 2))
      #expect(Self.isClose(one, expected(Double(workers), 1)))
      #expect(Self.isClose(two, expected(Double(workers), 2) + copy))
    }
    #expect(try ClusterSimulator.measureAlone(Self.plan(workers: 8, costs: costs)).bottleneck == .server)
  }

  @Test("stragglers in all steps take three times as long; in some of them, a step waits for the slowest")
  func stragglers() throws {
    var plan = Self.plan(workers: 4, costs: ClusterCosts(microbatchSeconds: 0.05))
    plan.stragglers = .init(share: 1, factor: 3)
    #expect(Self.isClose(try Self.seconds(plan), 0.15))
    plan.stragglers = .init(share: 0.2, factor: 3)
    let slow = (0..<plan.steps).count { step in
      (0..<4).contains { plan.slowness(ofWorker: $0, step: step + ClusterPlan.warmup) > 1 }
    }
    let expected = 0.05 * (1 + 2 * Double(slow) / Double(plan.steps))
    let seconds = try Self.seconds(plan)
    #expect(slow > 0 && slow < plan.steps && Self.isClose(seconds, expected))
  }

  @Test("what is sent arrives, byte by byte, and every server gets every gradient once")
  func conservation() throws {
    var costs = ClusterCosts(microbatchSeconds: 0.01, messageSeconds: 1e-5)
    costs.socketBytesPerSecond = 1e9
    for (workers, servers, hosts) in [(1, 1, 1), (3, 2, nil), (5, 3, 2)] as [(Int, Int, Int?)] {
      var plan = Self.plan(workers: workers, servers: servers, costs: costs, bytesPerSecond: 1e8, latency: 1e-4)
      plan.hosts = hosts
      let traffic = try ClusterSimulator.traffic(plan)
      #expect(traffic.sent == traffic.received)
      #expect(traffic.bytesSent == traffic.bytesReceived)
      // Weights and gradients of each step, and the last weights, of shards that cover the network.
      let steps = ClusterPlan.warmup + plan.steps + 1
      let tensors = 4 * Self.elements * workers * (2 * steps + 1)
      #expect(traffic.bytesSent > tensors && traffic.bytesSent < tensors * 101 / 100)
    }
  }

  @Test("members of one host don't use its link, and share it with members of other hosts")
  func hosts() throws {
    let costs = ClusterCosts(microbatchSeconds: 0)
    var local = Self.plan(workers: 2, costs: costs, bytesPerSecond: 1e8)
    local.hosts = 1
    #expect(try ClusterSimulator.measureAlone(local).busiestLinkBytes == 0)
    // Two workers on one host, the server on another.
    let apart = try Self.seconds(Self.plan(workers: 2, costs: costs, bytesPerSecond: 1e8))
    let together = try Self.seconds(local)
    #expect(together < apart / 100)
  }

  @Test("a shared core does the work of all servers one after another; computing needs none")
  func cores() throws {
    var costs = ClusterCosts(microbatchSeconds: 0)
    costs.updateBytesPerSecond = 4e9
    func seconds(_ cores: Int?) throws -> Double {
      var plan = Self.plan(workers: 1, servers: 4, costs: costs)
      plan.cores = cores
      return try Self.seconds(plan)
    }
    let update = Double(Self.elements) / 4 * 20 / 4e9
    for (cores, times) in [(nil, 1), (4, 1), (2, 2), (1, 4)] as [(Int?, Double)] {
      let taken = try seconds(cores)
      #expect(Self.isClose(taken, times * update), "\(cores ?? 0) cores")
    }
    var computing = Self.plan(workers: 3, costs: ClusterCosts(microbatchSeconds: 0.05))
    computing.cores = 1
    #expect(Self.isClose(try Self.seconds(computing), 0.05))
  }

  @Test("a shared core moves the bytes of all sockets, each once; the links work by themselves")
  func sharedSockets() throws {
    var costs = ClusterCosts(microbatchSeconds: 0)
    costs.socketBytesPerSecond = 1e8
    func seconds(_ cores: Int?) throws -> Double {
      var plan = Self.plan(workers: 4, costs: costs)
      plan.cores = cores
      return try Self.seconds(plan)
    }
    // Weights and gradients, of four workers: through the sockets of the server, and through their own.
    let bytes = Double(4 * 2 * 4 * Self.elements)
    let (one, two, five, own) = (try seconds(1), try seconds(2), try seconds(5), try seconds(nil))
    #expect(Self.isClose(one, 2 * bytes / 1e8, 0.01))
    #expect(two < one * 0.6)
    #expect(Self.isClose(five, own, 1e-6))
  }

  @Test("loops seal and open what goes to other hosts: the server for all workers, each worker for itself")
  func sealing() throws {
    var costs = ClusterCosts(microbatchSeconds: 0)
    costs.sealBytesPerSecond = 1e9
    func seconds(_ workers: Int, hosts: Int? = nil) throws -> Double {
      var plan = Self.plan(workers: workers, costs: costs)
      plan.hosts = hosts
      return try Self.seconds(plan)
    }
    let tensor = Double(4 * Self.elements) / 1e9
    // Sealed and opened, there and back.
    let (apart, together) = (try seconds(1), try seconds(1, hosts: 1))
    #expect(Self.isClose(apart, 4 * tensor))
    #expect(together == 0)
    // The server opens eight gradients and seals the weights for eight, while workers seal and open.
    let eight = try seconds(8)
    #expect(eight > 16 * tensor * 0.99 && eight < 18 * tensor * 1.01, "\(eight / tensor)")
  }

  @Test("a step that takes longer than a second sends each gradient once")
  func slowLink() throws {
    var plan = Self.plan(workers: 2, costs: ClusterCosts(microbatchSeconds: 0.01), bytesPerSecond: 2e6)
    plan.steps = 10
    let findings = try ClusterSimulator.measureAlone(plan)
    #expect(findings.stepSeconds > 1)
    // In the first two steps the workers don't know yet; what they repeat may reach the server in the third.
    let gradients = Double(4 * Self.elements * plan.workers)
    #expect(findings.busiestLinkBytes < gradients * 1.15, "\(findings.repetitions) repetitions")
  }

  @Test("the coordinator's messages and bytes per worker do not grow with the number of workers")
  func coordinator() throws {
    func findings(_ workers: Int) throws -> ClusterFindings {
      try ClusterSimulator.measureAlone(
        Self.plan(workers: workers, costs: ClusterCosts(microbatchSeconds: 0.1), elements: 1000))
    }
    let (few, many) = (try findings(8), try findings(64))
    // Heartbeats every quarter of a second, both ways.
    #expect(abs(many.coordinatorMessages - 2 * 0.1 / 0.25) < 0.1)
    #expect(many.coordinatorMessages <= few.coordinatorMessages * 1.05)
    #expect(many.coordinatorBytes < few.coordinatorBytes * 1.05 && many.coordinatorBytes < 1000)
  }

  @Test("a cluster is a function of its plan")
  func determinism() throws {
    var costs = ClusterCosts(microbatchSeconds: 0.01, messageSeconds: 1e-5)
    costs.socketBytesPerSecond = 1e9
    var plan = Self.plan(workers: 5, servers: 3, costs: costs, bytesPerSecond: 1e8, latency: 1e-4)
    plan.stragglers = .init(share: 0.1, factor: 2)
    let first = try ClusterSimulator.measure(plan)
    #expect(try ClusterSimulator.measure(plan) == first)
  }

  @Test("the search takes the fewest servers that are fastest, and the fewest microbatches that are efficient")
  func search() throws {
    var costs = ClusterCosts(microbatchSeconds: 0.01)
    costs.sumBytesPerSecond = 5e9
    let search = ClusterSearch(workers: [1, 8], servers: [], microbatches: [1, 4, 16]) { [costs] in
      var plan = Self.plan(workers: $0, servers: $1, microbatches: $2, costs: costs, elements: 1_000_000)
      plan.steps = 6
      return plan
    }
    let tried = try search.parts.flatMap { try search.run($0) }
    let best = ClusterSearch.best(tried)
    #expect(best.map(\.workers) == [1, 8])
    // One worker needs no second server. Eight add up 25 ms of gradients beside 10 ms of computing.
    #expect(best[0].servers == 1 && best[0].microbatches == 1 && best[0].efficiency > 0.99)
    #expect(best[1].servers > 1 && best[1].microbatches > 1 && best[1].efficiency >= ClusterSearch.goodEfficiency)
    for row in tried where row.workers == 8 && row.microbatches < best[1].microbatches {
      #expect(row.efficiency < ClusterSearch.goodEfficiency)
    }
  }
}
