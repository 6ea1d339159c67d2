import Datasets
import Dispatch
import Failures
import Foundation
import NeuralNetwork
import Parameters
import Records
import Reports
import RunDefinition
import Simulation
import Specification
import Synchronization

/// The speed of a run on a cluster.
extension SimulateCommand {
  func simulateCluster(_ network: String) throws {
    let others = [("seeds", givenSeeds != nil), ("from", from != nil), ("fault", fault != nil)]
    if let flag = others.first(where: \.1)?.0 {
      throw UsageError(
        field: flag,
        "--\(flag) is of the simulation of faults, and --network of that of a cluster; accepted: one of the two.")
    }
    let question = try ClusterQuestion(cluster, network: network, seed: seed ?? 1)
    try cluster.figure?.checkEnding(".svg", of: "figure")
    if question.emulates { Emulation.followSignals(json: json) } else { NothingYet.followSignals(if: json) }
    let tools = question.emulates ? try EmulatedNetwork.Tools() : nil
    let spec = RunSpec(measuring: question.network)
    let definition = try RunDefinition(spec: spec, images: DatasetSummary(DatasetRequest(spec.dataset)))
    let costs = try costs(question, definition)
    let architecture = definition.architecture
    let layout = architecture.layout
    let plans = ShardPlans(layout)
    let makePlan: @Sendable (Int, Int, Int) -> ClusterPlan = { workers, servers, microbatches in
      let (shards, reports) = plans[servers]
      var plan = ClusterPlan(
        workers: workers, microbatches: microbatches, network: question.link, costs: costs, shards: shards,
        reportDoubles: reports, completion: { architecture.completion(from: $0) })
      (plan.hosts, plan.threads, plan.stragglers) = (question.hosts, question.threads, question.stragglers)
      (plan.cores, plan.wire) = (question.cores, question.wire)
      (plan.steps, plan.seed, plan.samples) = (question.steps, question.seed, spec.microbatch)
      plan.reportEvery = spec.execution.metricsEvery
      return plan
    }
    let search = ClusterSearch(
      workers: question.workers, servers: question.servers, microbatches: question.microbatches, plan: makePlan)
    let tried = try question.emulates ? search.all() : run(search)
    let measured = try tools.map { tools in
      try emulate(question.network, tried.map { (makePlan($0.workers, $0.servers, $0.microbatches), $0) }, tools)
    }
    let report = ClusterReport(
      network: network, parameters: layout.count, link: question.link, wire: question.wire,
      stragglers: question.stragglers, costs: costs, cores: question.cores,
      best: question.emulates ? tried : ClusterSearch.best(tried), tried: tried,
      measured: measured)
    if let figure = cluster.figure {
      try AtomicFile.replace(figure.text, with: Array(report.figure.svg.utf8))
    }
    if json { return try print(JSONOutput.text(of: report)) }
    for line in report.lines { try print(line) }
    if let figure = cluster.figure { try print("figure \(figure)") }
  }

  private func costs(_ question: ClusterQuestion, _ definition: RunDefinition) throws -> ClusterCosts {
    if let costs = question.given.all { return costs }
    let calibration = ClusterCalibration(definition)
    if let path = cluster.costs { return question.given.replacing(try calibration.read(path.text)) }
    let meter = try progress.meter("costs", of: ClusterCalibration.measurements, "measurements")
    defer { meter.end() }
    return question.given.replacing(try calibration.measure(meter))
  }

  /// Simulates on all cores.
  private func run(_ search: ClusterSearch) throws -> [ClusterFindings] {
    let parts = search.parts
    let meter = try progress.meter("clusters", of: parts.count, "sizes")
    defer { meter.end() }
    let result = Mutex<(found: [Int: [ClusterFindings]], error: (any Error)?)>(([:], nil))
    DispatchQueue.concurrentPerform(iterations: parts.count) { index in
      guard result.withLock({ $0.error == nil }) else { return }
      do {
        let found = try search.run(parts[index])
        meter.advance()
        result.withLock { $0.found[index] = found }
      } catch { result.withLock { $0.error = error } }
    }
    let (found, error) = result.withLock { $0 }
    if let error { throw error }
    return found.sorted { $0.key < $1.key }.flatMap(\.value).sorted {
      ($0.workers, $0.microbatches, $0.servers) < ($1.workers, $1.microbatches, $1.servers)
    }
  }
}

/// What each number of servers holds and reports; made once for each.
private final class ShardPlans: Sendable {
  private let layout: ParameterLayout
  private let known = Mutex<[Int: (ShardMap, [Int])]>([:])

  init(_ layout: ParameterLayout) { self.layout = layout }

  subscript(servers: Int) -> (ShardMap, [Int]) {
    if let plan = known.withLock({ $0[servers] }) { return plan }
    let shards = ShardMap(layout: layout, serverCount: servers)
    let plan = (shards, ReportLayout.doubleCounts(shards))
    known.withLock { $0[servers] = plan }
    return plan
  }
}
