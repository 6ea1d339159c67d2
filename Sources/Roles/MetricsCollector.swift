import Coordination
import EffectiveLearningRate
import NeuralNetwork
import Optimization
import ParameterServer
import Parameters
import Records

/// Puts the servers' reports of one logging window together and makes the rows of the records from them.
struct MetricsCollector {
  private let definition: RunDefinition
  private let factor: @Sendable (Int) -> Double
  private let logged: [Logged]
  private var reports: [Int: [Int: WindowReport]] = [:]

  /// A tensor that the metrics follow, and where its groups lie: (server, groups), in filter order.
  private struct Logged {
    let parameter: Parameter
    let context: @Sendable (_ factor: Double) -> LayerContext
    let parts: [(server: Int, groups: Range<Int>)]
  }

  init(_ definition: RunDefinition) throws {
    self.definition = definition
    factor = try definition.schedule()
    let shards = definition.shards
    var parts: [Int: [(server: Int, groups: Range<Int>)]] = [:]
    for server in shards.shards.indices {
      var next = 0
      for slice in shards.slices(of: server) {
        let parameter = shards.layout.parameters[slice.parameter]
        guard parameter.isLogged else { continue }
        let groups = slice.filters.count / parameter.invariance.filtersPerGroup
        parts[slice.parameter, default: []].append((server, next..<(next + groups)))
        next += groups
      }
    }
    logged = try parts.keys.sorted().compactMap { index in
      let parameter = shards.layout.parameters[index]
      guard let (update, learningRate) = try definition.update(of: parameter), let held = parts[index] else {
        return nil
      }
      return Logged(
        parameter: parameter,
        context: { LayerContext(update: update, learningRate: learningRate * $0, invariance: parameter.invariance) },
        parts: held)
    }
  }

  /// The definition that the run's rule has, such as `η/‖w‖²`.
  var effectiveLearningRateDefinition: String {
    logged.first.map { EffectiveRate.formula(for: $0.context(1).update.rule.gradientResponse) } ?? "none"
  }

  /// What one window came to.
  struct Window {
    let version: Int
    let samples: Int
    let loss: Double?
    let rows: [Records.MetricRow]
    let layers: [RunResult.Layer]
  }

  /// Takes one server's report.
  ///
  /// - Returns: the window, once every server has reported it.
  mutating func insert(_ report: WindowReport, from server: Int) -> Window? {
    reports[report.version, default: [:]][server] = report
    guard let all = reports[report.version], all.count == definition.spec.execution.servers else { return nil }
    reports[report.version] = nil
    return window(report.version, all)
  }

  private func window(_ version: Int, _ reports: [Int: WindowReport]) -> Window {
    let tally = reports[0]?.tally ?? Tally()
    let factor = factor(version)
    func row(_ layer: String, _ metric: String, _ statistic: String, _ value: Double?) -> Records.MetricRow {
      Records.MetricRow(step: version, layer: layer, metric: metric, statistic: statistic, value: value)
    }
    var rows = [
      row("", "trainLoss", "mean", tally.loss),
      row("", "trainError", "mean", tally.error),
      row("", "learningRate", "last", definition.spec.rule.constants.learningRate * factor),
    ]
    var layers: [RunResult.Layer] = []
    for tensor in logged {
      let windows = tensor.parts.flatMap { part in
        part.groups.compactMap { FilterWindow(group: $0, of: reports[part.server]?.windows ?? []) }
      }
      let context = tensor.context(factor)
      let layer = tensor.parameter.layer
      rows += Metrics.rows(of: windows, in: context).map { row(layer, $0.metric, $0.statistic.rawValue, $0.value) }
      // JSON has no infinity, and the result has none either: a weight that is 0 has no effective rate.
      func headline(_ metric: any Metric.Type) -> Double? {
        Metrics.headline(metric, of: windows, in: context).flatMap { $0.isFinite ? $0 : nil }
      }
      layers.append(
        RunResult.Layer(
          name: layer, norm: headline(WeightNorm.self), predictedNorm: headline(PredictedNorm.self),
          effectiveLearningRate: headline(EffectiveRate.self), angularUpdate: headline(AngularUpdate.self),
          predictedAngularUpdate: headline(PredictedAngularUpdate.self),
          cosWeightGradient: headline(CosWeightGradient.self)))
    }
    return Window(version: version, samples: tally.samples, loss: tally.loss, rows: rows, layers: layers)
  }
}

extension FilterWindow {
  /// Group `group` of a report's numbers; `nil` if there are not so many.
  fileprivate init?(group: Int, of numbers: [Double]) {
    let start = group * Self.doubleCount
    guard start >= 0, start + Self.doubleCount <= numbers.count else { return nil }
    self = unsafe numbers.withUnsafeBufferPointer { buffer in
      unsafe buffer.baseAddress.map { unsafe FilterWindow(from: $0 + start) } ?? FilterWindow()
    }
  }
}
