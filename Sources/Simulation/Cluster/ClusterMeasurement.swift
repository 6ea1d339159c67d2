/// What a cluster really did in a step, beside what was simulated.
package struct ClusterMeasurement: Hashable, Sendable, Codable {
  package let workers: Int
  package let servers: Int
  package let hosts: Int
  package let microbatches: Int
  /// Of each measured step, in order.
  package let stepsSeconds: [Double]
  /// Their median.
  package let stepSeconds: Double
  /// Their median in the simulation.
  package let simulatedStepSeconds: Double
  /// How much longer the simulated step is, as a part of the measured one.
  package let difference: Double

  /// - Parameters:
  ///   - starts: when each worker had the weights of each step, on one clock.
  ///   - warmup: steps before the measured ones.
  /// - Returns: `nil` if no step is known from its beginning to the next one's.
  package init?(
    of simulated: ClusterFindings, starts: [[Int: Double]], warmup: Int = ClusterPlan.warmup
  ) {
    // The last worker makes the step.
    let last = starts.reduce(into: [Int: Double]()) { $0.merge($1, uniquingKeysWith: max) }
    stepsSeconds = last.keys.sorted().filter { $0 >= warmup }.compactMap { step in
      guard let start = last[step], let end = last[step + 1] else { return nil }
      return end - start
    }
    guard let median = stepsSeconds.median else { return nil }
    stepSeconds = median
    (workers, servers, hosts) = (simulated.workers, simulated.servers, simulated.hosts)
    (microbatches, simulatedStepSeconds) = (simulated.microbatches, simulated.medianStepSeconds)
    difference = simulatedStepSeconds / stepSeconds - 1
  }
}
