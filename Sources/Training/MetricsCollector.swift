package import EffectiveLearningRate
import NeuralNetwork
import Optimization
package import ParameterServer
import Parameters
package import Records
package import RunDefinition
import Specification

/// Combines the servers' reports of a logging window into rows of `metrics.csv`.
package struct MetricsCollector {
  private let definition: RunDefinition
  private let factor: @Sendable (Int) -> Double
  private let layout: ReportLayout
  private let trained: [Trained]
  /// The metrics that the spec selects.
  package let metrics: [any Metric.Type]
  private var reports: [Int: [Int: WindowReport]] = [:]

  /// A tensor with an update rule.
  private struct Trained {
    let index: Int
    let parameter: Parameter
    let update: TensorUpdate
    /// Before the schedule.
    let learningRate: Double
    /// The rates of another run that replace it.
    let followed: FollowedRates?
  }

  /// - Throws: `SpecError` for an unknown metric.
  package init(_ definition: RunDefinition) throws {
    self.definition = definition
    metrics = try Self.metrics(named: definition.spec.execution.metrics, on: definition.spec.wire)
    factor = definition.factor
    layout = definition.reportLayout
    let followed = try definition.followedRates()
    trained = definition.architecture.layout.parameters.enumerated().compactMap { index, parameter in
      definition.update(of: parameter).map { update, learningRate in
        Trained(
          index: index, parameter: parameter, update: update, learningRate: learningRate,
          followed: followed[parameter])
      }
    }
  }

  /// The definition that the run's rule has, such as `η/‖w‖²`.
  var effectiveLearningRateDefinition: String {
    trained.first { $0.parameter.invariance != .none }
      .map { EffectiveRate.formula(for: $0.update.rule.homogeneity) } ?? "none"
  }

  /// The measurements of one window.
  package struct Window {
    package let version: Int
    package let samples: Int
    package let loss: Double?
    package let rows: [MetricRow]
    /// The effective rate of every filter of every layer in the window's last step, if the run records them.
    package let rates: [(name: String, rates: [Double])]
    package let layers: [RunResult.Layer]
    /// ‖w‖ of each group of every layer.
    package let norms: [(layer: String, norms: [Double])]
  }

  /// Takes one server's report.
  ///
  /// - Returns: the window, once every server has reported it.
  package mutating func insert(_ report: WindowReport, from server: Int) -> Window? {
    reports[report.version, default: [:]][server] = report
    guard let all = reports[report.version], all.count == definition.spec.execution.servers else { return nil }
    reports[report.version] = nil
    return window(report.version, all)
  }

  private func window(_ version: Int, _ reports: [Int: WindowReport]) -> Window {
    // In an asynchronous run servers differ in what they take first.
    var tally = reports[0]?.tally ?? Tally()
    tally.staleness.late = reports.values.reduce(0) { $0 + $1.tally.staleness.late }
    tally.staleness.rejected = reports.values.reduce(0) { $0 + $1.tally.staleness.rejected }
    let factor = factor(version)
    var penalty = 0.0
    var (weightRows, layers): ([MetricRow], [RunResult.Layer]) = ([], [])
    var rates: [(name: String, rates: [Double])] = []
    var norms: [(layer: String, norms: [Double])] = []
    for tensor in trained {
      guard tensor.parameter.isLogged else {
        let elements = layout.elements(of: tensor.index, in: reports)
        penalty += elements.reduce(0) { $0 + tensor.update.l2 * ($1.value * $1.value) }
        continue
      }
      let windows = layout.windows(of: tensor.index, in: reports)
      penalty += windows.reduce(0) { $0 + tensor.update.l2 * ($1.weightNorm * $1.weightNorm) }
      var context = context(of: tensor, windows, version: version)
      context.isAsynchronous = definition.spec.isAsynchronous
      let layer = tensor.parameter.layer
      norms.append((layer, windows.map(\.weightNorm)))
      weightRows += Metrics.rows(of: windows, in: context, metrics: metrics).map {
        $0.record(step: version, layer: layer)
      }
      guard context.invariance != .none else { continue }
      layers.append(RunResult.Layer(name: layer, windows, in: context))
      if definition.spec.execution.recordRates {
        rates.append((tensor.parameter.name, EffectiveRate.exactRates(of: windows, in: context)))
      }
    }
    // A run that follows another has a rate for each filter, and none for the network.
    let rate = definition.spec.follow == nil ? definition.spec.hyperparameters(of: .weights)?.learningRate : nil
    let network = NetworkWindow(tally: tally, learningRate: rate.map { $0 * factor }, penalty: penalty)
    let rows = Metrics.rows(of: network, metrics: metrics).map { $0.record(step: version, layer: "") }
    return Window(
      version: version, samples: tally.samples, loss: tally.loss,
      rows: rows + weightRows + normalizationRows(version, reports), rates: rates, layers: layers,
      norms: norms)
  }

  /// Of the window that ends with `version`.
  private func context(of tensor: Trained, _ windows: [FilterWindow], version: Int) -> LayerContext {
    let size = definition.spec.microbatch
    let count = definition.spec.samplesPerStep / size
    guard let followed = tensor.followed else {
      return LayerContext(
        update: tensor.update, learningRate: tensor.learningRate * factor(version),
        invariance: tensor.parameter.invariance, microbatches: count, microbatch: size)
    }
    return LayerContext(
      update: tensor.update,
      learningRates: followed.learningRates(step: version, norms: windows.map(\.weightNorm)),
      invariance: tensor.parameter.invariance, microbatches: count, microbatch: size)
  }

  private static func metrics(
    named names: [String], on wire: WireFormat
  ) throws(SpecError) -> [any Metric.Type] {
    let all = Metrics.all.map { $0.name.rawValue }
    for name in names where !all.contains(name) {
      throw .unknown("metric", name, accepted: all, field: "execution.metrics")
    }
    guard names.isEmpty else { return Metrics.all.filter { names.contains($0.name.rawValue) } }
    return wire.isLossy ? Metrics.all : Metrics.all.filter { !Metrics.ofLossyWires.contains($0.name) }
  }

  private func normalizationRows(_ version: Int, _ reports: [Int: WindowReport]) -> [MetricRow] {
    let parameters = definition.architecture.layout.parameters
    return parameters.indices.filter { parameters[$0].role == .gamma }.flatMap { gamma in
      let layer = parameters[gamma].layer
      func elements(_ role: Parameter.Role) -> [ElementWindow] {
        let index = parameters.firstIndex { $0.layer == layer && $0.role == role }
        return index.map { layout.elements(of: $0, in: reports) } ?? []
      }
      var window = NormalizationWindow()
      window.gamma = elements(.gamma)
      window.beta = elements(.beta)
      window.runningMean = elements(.runningMean)
      window.runningVariance = elements(.runningVariance)
      window.epsilon = definition.spec.normalizationSettings.epsilon
      return Metrics.rows(of: window, metrics: metrics).map { $0.record(step: version, layer: layer) }
    }
  }
}

extension RunResult.Layer {
  fileprivate init(name: String, _ windows: [FilterWindow], in context: LayerContext) {
    // JSON has no infinity, and the result has none either: a weight that is 0 has no effective rate.
    func number(_ metric: any GroupMetric.Type, _ statistic: Statistic? = nil) -> Double? {
      let wanted = statistic ?? metric.definition.headline
      return metric.values(of: windows, in: context).first { $0.statistic == wanted }?.value
        .flatMap { $0.isFinite ? $0 : nil }
    }
    let predicted = number(PredictedNorm.self, .p50)
    self.init(
      name: name, norm: number(WeightNorm.self, .p50), predictedNorm: predicted,
      effectiveLearningRate: number(EffectiveRate.self), angularUpdate: number(AngularUpdate.self),
      predictedAngularUpdate: number(PredictedAngularUpdate.self),
      cosWeightGradient: number(CosWeightGradient.self),
      isInEquilibrium: predicted == nil ? nil : number(InEquilibrium.self).map { $0 == 1 },
      equilibriumTimeConstant: number(EquilibriumTimeConstant.self))
  }
}
