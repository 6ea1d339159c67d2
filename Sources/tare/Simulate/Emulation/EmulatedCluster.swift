import Coordination
import Failures
import Foundation
import Launching
import Roles
import Simulation
import Specification
import Training
import Transport

/// A cluster of real processes on this machine, whose workers wait in place of computing.
struct EmulatedCluster {
  let plan: ClusterPlan
  let tools: EmulatedNetwork.Tools
  /// For specs and logs.
  let folder: String
  let processes = EmulatedProcesses()

  private static let port = 7000

  /// The run of `plan`: as many steps as are simulated, and no evaluation or checkpoint before the last.
  static func spec(_ network: NetworkSpec.Preset, _ plan: ClusterPlan) throws -> RunSpec {
    var spec = RunSpec(measuring: network)
    (spec.execution.workers, spec.execution.servers) = (plan.workers, plan.servers)
    (spec.execution.threads, spec.execution.transport) = (plan.threads, .tcp)
    (spec.microbatch, spec.wire) = (plan.samples, plan.wire)
    spec.batch = plan.workers * plan.microbatches * plan.samples
    let steps = ClusterPlan.warmup + plan.steps + 1
    (spec.steps, spec.epochs) = (steps, nil)
    (spec.execution.evaluateEvery, spec.execution.checkpointEvery) = (steps, steps)
    spec.execution.metricsEvery = plan.reportEvery
    spec = spec.resolved
    try spec.validate()
    return spec
  }

  /// When each worker had the weights of each step.
  ///
  /// - Parameter seconds: after which it is given up.
  /// - Throws: `RunError` if a process ends otherwise than with the run.
  func run(_ spec: RunSpec, within seconds: Double) throws -> [[Int: Double]] {
    defer { processes.endAll() }
    let log = try LogFile(folder + "/network.log")
    let network = try EmulatedNetwork(
      hosts: plan.hostCount, bytesPerSecond: plan.network.bytesPerSecond, tools, in: processes, log: log.descriptor)
    let specFile = folder + "/spec.json"
    try Data(spec.json.utf8).write(to: URL(filePath: specFile))
    let key = RunKey()
    func start(_ name: String, on host: Int, _ arguments: [String]) throws {
      let log = try LogFile("\(folder)/\(name).log")
      let command = network.command(on: host, arguments)
      try processes.start(
        name, command.program, command.arguments,
        environment: [
          Invitation.keyVariable: key.text, EmulatedComputing.variable: "\(plan.costs.microbatchSeconds)",
        ], log: log.descriptor)
    }
    let endpoint = "tcp://\(EmulatedNetwork.address(plan.hostOfCoordinator)):\(Self.port)"
    try start(
      Self.coordinator, on: plan.hostOfCoordinator,
      [EmulatedCoordinatorCommand.name, specFile, "--listen", endpoint])
    func join(_ member: Member, on host: Int) throws {
      try start(
        "\(member)", on: host, [member.role.rawValue, "--join", endpoint, "--rank", "\(member.rank)", "--child"])
    }
    for rank in 0..<plan.servers { try join(Member(.server, rank), on: plan.host(ofServer: rank)) }
    for rank in 0..<plan.workers { try join(Member(.worker, rank), on: plan.host(ofWorker: rank)) }
    try waitForEnd(within: seconds)
    return (0..<plan.workers).map { rank in
      let pairs = lines(of: "\(Member(.worker, rank))").compactMap { EmulatedComputing.read($0) }
      return Dictionary(pairs, uniquingKeysWith: min)
    }
  }

  private static let coordinator = "coordinator"

  private func waitForEnd(within seconds: Double) throws(RunError) {
    let limit = ContinuousClock.now + .seconds(seconds)
    while ContinuousClock.now < limit {
      guard let (name, status) = processes.nextEnd(within: (limit - ContinuousClock.now) / .seconds(1)) else { break }
      guard status == .exited(ExitCode.done) else {
        let reason = lines(of: name).last ?? ""
        throw RunError(ExitCode.unavailable, "\(name) of the emulated cluster ended with \(status): \(reason)")
      }
      if name == Self.coordinator { return }
    }
    throw RunError(ExitCode.unavailable, "the emulated run has not ended within \(Int(seconds)) s")
  }

  private func lines(of name: String) -> [Substring] {
    let text = FileManager.default.contents(atPath: "\(folder)/\(name).log") ?? Data()
    return String(decoding: text, as: UTF8.self).split(separator: "\n")
  }
}
