import Failures
import Foundation
import Launching
import Simulation
import Specification
import Synchronization

/// The speed of a run on a cluster of real processes.
extension SimulateCommand {
  /// Runs each of the clusters that were simulated, one after another.
  func emulate(
    _ network: NetworkSpec.Preset, _ simulated: [(ClusterPlan, ClusterFindings)], _ tools: EmulatedNetwork.Tools
  ) throws -> [ClusterMeasurement] {
    let meter = try progress.meter("emulation", of: simulated.count, "clusters")
    defer { meter.end() }
    var measured: [ClusterMeasurement] = []
    for (plan, findings) in simulated {
      meter.tell(
        "\(counted(plan.workers, "worker")), \(counted(plan.servers, "server")), "
          + counted(plan.microbatches, "microbatch", plural: "microbatches"))
      let scratch = try ScratchFolder()
      defer { scratch.remove() }
      let cluster = EmulatedCluster(plan: plan, tools: tools, folder: scratch.path)
      Emulation.current.withLock { $0 = (cluster.processes, scratch) }
      defer { Emulation.current.withLock { $0 = nil } }
      let spec = try EmulatedCluster.spec(network, plan)
      // Several times as long as it should take, and a minute to start.
      let limit = 60 + 10 * findings.stepSeconds * Double(ClusterPlan.warmup + plan.steps + 1)
      guard let measurement = ClusterMeasurement(of: findings, starts: try cluster.run(spec, within: limit)) else {
        throw RunError(ExitCode.software, "the emulated run has too few steps")
      }
      measured.append(measurement)
      meter.advance()
    }
    return measured
  }
}
