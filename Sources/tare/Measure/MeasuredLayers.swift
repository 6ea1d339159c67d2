import EffectiveLearningRate
import Foundation
import Measuring
import Plans
import Records
import Terminal

/// What a series of checkpoints came to, layer by layer.
struct MeasuredLayers {
  private let series: CheckpointSeries
  private let rows: [MetricRow]

  init(of series: CheckpointSeries, _ rows: [MetricRow]) { (self.series, self.rows) = (series, rows) }

  struct Object: Encodable {
    let folder: String
    let steps: [Int]
    let layers: [Layer]
  }

  struct Layer: Encodable {
    let name: String
    let tensor: String
    let scaleInvariant: String
    /// Medians over the filters, at the first and last checkpoint.
    let firstNorm: Double?
    let norm: Double?
    let effectiveLearningRate: Double?
    /// Of the last two checkpoints, in radians.
    let angle: Double?
    let predictedAngle: Double?
    let isInEquilibrium: Bool?
  }

  func object(folder: String) -> Object {
    Object(folder: folder, steps: series.checkpoints.map(\.step), layers: layers)
  }

  var layers: [Layer] {
    let rows = Dictionary(grouping: rows, by: \.layer)
    return series.layers.map { layer in
      let own = rows[layer.name] ?? []
      func values(_ metric: MetricName, _ statistic: Statistic) -> [Double?] {
        own.filter { $0.metric == metric && $0.statistic == statistic }.map(\.value)
      }
      func last(_ metric: MetricName, _ statistic: Statistic) -> Double? { values(metric, statistic).last ?? nil }
      return Layer(
        name: layer.name, tensor: layer.tensor, scaleInvariant: layer.scale.rawValue,
        firstNorm: values(WeightNorm.name, .p50).first ?? nil, norm: last(WeightNorm.name, .p50),
        effectiveLearningRate: last(EffectiveRate.name, .p50), angle: last(AngularUpdate.name, .rms),
        predictedAngle: last(PredictedAngularUpdate.name, .rms),
        isInEquilibrium: last(InEquilibrium.name, .layer).map { $0 == 1 })
    }
  }

  var table: String {
    func text(_ value: Double?) -> String { value.map { String(format: "%.4g", $0) } ?? "–" }
    let steps = series.checkpoints.map(\.step)
    let way = steps.count > 1 ? "\(steps[steps.count - 1] - steps[steps.count - 2]) STEPS" : "–"
    var table = TextTable(header: [
      "LAYER", "‖w‖ FIRST", "‖w‖ LAST", "EFFECTIVE RATE", "ANGLE, \(way)", "PREDICTED", "EQUILIBRIUM",
    ])
    for layer in layers {
      table.append([
        layer.name, text(layer.firstNorm), text(layer.norm), text(layer.effectiveLearningRate), text(layer.angle),
        text(layer.predictedAngle), layer.isInEquilibrium.map { $0 ? "yes" : "no" } ?? "–",
      ])
    }
    return table.lines.joined(separator: "\n")
  }
}
