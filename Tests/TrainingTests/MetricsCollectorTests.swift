import EffectiveLearningRate
import NeuralNetwork
import ParameterServer
import Parameters
import Records
import RunDefinition
import Specification
import TestSupport
import Testing
import Training

/// Rows of metrics.csv from the reports of real shards.
@Suite("Metrics collector")
struct MetricsCollectorTests {
  private static func run(_ settings: String..., servers: Int) throws -> RunDefinition {
    try RunDefinition(
      ["network.preset=mlp", "optimizer=momentum", "execution.metricsEvery=4", "execution.servers=\(servers)"]
        + settings)
  }

  @Test("a window is complete when every server has reported it, in any order, and then only once")
  func complete() throws {
    let run = try Self.run(servers: 2)
    var shards = try TrainedShards<Float>(run)
    let reports = shards.advance(to: 8)
    #expect(reports.map { $0.map(\.version) } == [[4, 8], [4, 8]])
    var collector = try MetricsCollector(run)
    #expect(collector.insert(reports[0][0], from: 0) == nil)
    #expect(collector.insert(reports[0][1], from: 0) == nil, "the next window's begins before this one is complete")
    #expect(collector.insert(reports[0][0], from: 0) == nil, "the same server again")
    #expect(collector.insert(reports[1][0], from: 1)?.version == 4)
    #expect(collector.insert(reports[1][0], from: 1) == nil, "its window has been taken")
    let last = collector.insert(reports[1][1], from: 1)
    let second = try #require(last)
    #expect(second.version == 8 && second.samples == 4 * run.spec.batch)
    #expect(second.loss == 2.5 * (5 + 6 + 7 + 8) / Double(4 * run.spec.batch))
  }

  private static func window(_ run: RunDefinition) throws -> MetricsCollector.Window {
    var shards = try TrainedShards<Float>(run)
    var collector = try MetricsCollector(run)
    var window: MetricsCollector.Window?
    for (server, reports) in shards.advance(to: 4).enumerated() {
      for report in reports { window = collector.insert(report, from: server) }
    }
    return try #require(window)
  }

  @Test("rows: the network, then its layers in order, then its normalizations, each metric in the order of all")
  func order() throws {
    let run = try Self.run(servers: 2)
    let rows = try Self.window(run).rows
    let parameters = run.architecture.layout.parameters
    let weights = parameters.filter { $0.role == .weight }.map(\.layer)
    let normalizations = parameters.filter { $0.role == .gamma }.map(\.layer)
    #expect(!normalizations.isEmpty)
    var layers: [String] = []
    for row in rows where layers.last != row.layer { layers.append(row.layer) }
    #expect(layers == [""] + weights + normalizations)
    #expect(rows.allSatisfy { $0.step == 4 })
    let names = Metrics.all.map { $0.name }
    for layer in layers {
      let places = rows.filter { $0.layer == layer }.compactMap { names.firstIndex(of: $0.metric) }
      #expect(places == places.sorted(), "\(layer)")
    }
  }

  @Test("the same rows for every number of servers", arguments: [2, 3])
  func servers(count: Int) throws {
    let (one, several) = try (Self.window(Self.run(servers: 1)), Self.window(Self.run(servers: count)))
    #expect(one.rows == several.rows && one.layers == several.layers && one.loss == several.loss)
  }

  /// λ‖w‖² of each tensor by itself, from the weights before the window's last step.
  @Test("the penalty has each tensor's own λ", arguments: [false, true])
  func penalty(regularizesGammaBeta: Bool) throws {
    let run = try Self.run(
      "l2=0.01", "groups.head.l2=0.25", "regularizeGammaBeta=\(regularizesGammaBeta)", servers: 2)
    var shards = try TrainedShards<Float>(run)
    shards.advance(to: 3)
    let weights = (0..<2).flatMap { shards.shards[$0].weights(at: 3)?.values ?? [] }
    let layout = run.architecture.layout
    var expected = 0.0
    for (index, parameter) in layout.parameters.enumerated() {
      let factor =
        switch parameter.group {
        case .weights: 0.01
        case .gammaBeta: regularizesGammaBeta ? 0.01 : 0
        case .head: 0.25
        case .statistics: 0.0
        }
      expected += factor * weights[layout.range(of: index)].reduce(0) { $0 + Double($1) * Double($1) }
    }
    let row = try #require(try Self.window(run).rows.first { $0.metric == Penalty.name })
    let value = try #require(row.value)
    #expect(row.layer.isEmpty && expected > 0 && abs(value / expected - 1) < 1e-12)
  }

  @Test("only the metrics that the spec names are written, and an unknown one is refused by its name")
  func chosen() throws {
    let rows = try Self.window(Self.run("execution.metrics=weightNorm,trainLoss", servers: 1)).rows
    #expect(Set(rows.map(\.metric)) == [WeightNorm.name, TrainLoss.name])
    let unknown = try Self.run("execution.metrics=weightNrom", servers: 1)
    let error = #expect(throws: SpecError.self) { try MetricsCollector(unknown) }
    #expect(error?.description.contains("weightNorm") == true)
  }
}
