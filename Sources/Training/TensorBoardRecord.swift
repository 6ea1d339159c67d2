import EffectiveLearningRate
import Foundation
import Records
import TensorBoard

/// The event file of a run: selected rows of `metrics.csv` as scalars, and a histogram of each layer's filter norms.
package struct TensorBoardRecord: ~Copyable {
  private var file: EventFile

  /// Opens the event file of a run.
  ///
  /// - Parameters:
  ///   - cursor: bytes to keep of the previous file; if it has fewer, the record is new.
  ///   - sha256: of those bytes; if they are others, the record is new.
  init(in folder: RunFolder, keeping cursor: Int?, sha256: String?) throws(RecordError) {
    file = try EventFile(in: folder.tensorBoard, keeping: cursor, sha256: sha256)
  }

  /// Writes the beginning of a new record.
  ///
  /// - Parameters:
  ///   - rows: what `metrics.csv` has so far.
  ///   - hyperparameters: what sets the run apart from others of its sweep; empty outside a sweep.
  mutating func begin(with rows: [MetricRow], hyperparameters: [Hyperparameter]) throws(RecordError) {
    if !hyperparameters.isEmpty { note(.sessionStart(hyperparameters, at: Self.now), as: "session_start_info") }
    for rows in rows.byStep { append(rows) }
    try file.flush()
  }

  var isNew: Bool { file.isNew }
  var path: String { file.path }
  var cursor: Int { file.cursor }
  var sha256: String { file.sha256 }

  /// Appends the rows and norms of a step with one write.
  mutating func add(_ rows: [MetricRow], norms: [(layer: String, norms: [Double])] = []) throws(RecordError) {
    let histograms = norms.compactMap { layer, norms in
      Histogram(norms).map { Event.Tagged("filterNorm/\(layer)", .histogram($0)) }
    }
    append(rows[...], histograms)
    try file.flush()
  }

  /// Records how a run of a sweep ended.
  mutating func end(_ status: SessionStatus) throws(RecordError) {
    note(.sessionEnd(status, at: Self.now), as: "session_end_info")
    try file.flush()
  }

  private mutating func append(_ rows: ArraySlice<MetricRow>, _ histograms: [Event.Tagged] = []) {
    guard let step = rows.first?.step else { return }
    let scalars = rows.compactMap { row in
      row.value.flatMap { value in Self.tag(of: row).map { Event.Tagged($0, .scalar(value)) } }
    }
    guard !scalars.isEmpty || !histograms.isEmpty else { return }
    file.append(Event(wallTime: Self.now, step: step, .values(scalars + histograms)))
  }

  private mutating func note(_ value: Event.Value, as name: String) {
    file.append(Event(wallTime: Self.now, .values([Event.Tagged("_hparams_/\(name)", value)])))
  }

  private static var now: Double { Date().timeIntervalSince1970 }
}

extension TensorBoardRecord {
  /// The tags by which the trials of a sweep are compared.
  package static let testError = "error/test"
  package static let testLoss = "loss/test"
  package static let trainLoss = "loss/train"

  /// Of the whole network: metric, tag.
  private static let networkTags: [(any Metric.Type, String)] = [
    (TrainLoss.self, trainLoss), (TestLoss.self, testLoss), (TrainError.self, "error/train"),
    (TestError.self, testError), (LearningRate.self, "\(LearningRate.name)/weights"), (Penalty.self, "loss/penalty"),
  ]

  /// Of each layer: metric, the metric whose section it is shown in, and what follows the layer's name.
  private static let layerTags: [(any Metric.Type, section: any Metric.Type, String)] = [
    (EffectiveRate.self, EffectiveRate.self, ""),
    (AngularUpdate.self, AngularUpdate.self, ""),
    (PredictedAngularUpdate.self, AngularUpdate.self, "/predicted"),
    (WeightNorm.self, WeightNorm.self, ""),
    (PredictedNorm.self, WeightNorm.self, "/predicted"),
    (GradientNorm.self, GradientNorm.self, ""),
    (CosWeightGradient.self, CosWeightGradient.self, ""),
    (NoiseScale.self, NoiseScale.self, ""),
    (GammaNorm.self, GammaNorm.self, ""),
  ]

  private struct Source: Hashable {
    let metric: MetricName
    let statistic: Statistic

    init(_ metric: any Metric.Type) {
      (self.metric, statistic) = (metric.name, metric.definition.headline)
    }

    init(_ row: MetricRow) { (metric, statistic) = (row.metric, row.statistic) }
  }

  private static let networkTag = Dictionary(uniqueKeysWithValues: networkTags.map { (Source($0), $1) })
  private static let layerTag = Dictionary(uniqueKeysWithValues: layerTags.map { (Source($0), ($1.name, $2)) })

  /// The tag of a row; `nil` for rows that are not shown. The layers of a metric share a section, and a prediction
  /// follows the metric that it predicts.
  static func tag(of row: MetricRow) -> String? {
    guard !row.layer.isEmpty else { return networkTag[Source(row)] }
    return layerTag[Source(row)].map { section, rest in "\(section)/\(row.layer)\(rest)" }
  }
}
