import EffectiveLearningRate
import Foundation
import Records
import TensorBoard

/// What TensorBoard shows of a run: the rows of `metrics.csv` that it is usually asked about, and how the norms of each
/// layer's filters are distributed.
package struct TensorBoardRecord: ~Copyable {
  private var file: EventFile

  /// Opens the event file of a run.
  ///
  /// - Parameter cursor: bytes to keep of the file before; where they are not there any more, the record is new.
  init(in folder: RunFolder, keeping cursor: Int?) throws(RecordError) {
    file = try EventFile(in: folder.tensorBoard, keeping: cursor)
  }

  /// Writes what a new record begins with.
  ///
  /// - Parameters:
  ///   - rows: what `metrics.csv` has so far.
  ///   - hyperparameters: what sets the run apart from others of its sweep; none if it is in none.
  mutating func begin(with rows: [MetricRow], hyperparameters: [Hyperparameter]) throws(RecordError) {
    if !hyperparameters.isEmpty { note(.sessionStart(hyperparameters, at: Self.now), as: "session_start_info") }
    for rows in rows.byStep { append(rows) }
    try file.flush()
  }

  var isNew: Bool { file.isNew }
  var path: String { file.path }
  var cursor: Int { file.cursor }

  /// Adds what is known after a step, by one write.
  mutating func add(_ rows: [MetricRow], norms: [(layer: String, norms: [Double])] = []) throws(RecordError) {
    let histograms = norms.compactMap { layer, norms in
      Histogram(norms).map { Event.Tagged("filterNorm/\(layer)", .histogram($0)) }
    }
    append(rows[...], histograms)
    try file.flush()
  }

  /// Says how a run of a sweep has ended.
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
  /// The tags that the trials of a sweep are compared by.
  package static let testError = "error/test"
  package static let testLoss = "loss/test"
  package static let trainLoss = "loss/train"

  /// Of the whole network: metric, tag.
  private static let networkTags: [(any Metric.Type, String)] = [
    (TrainLoss.self, trainLoss), (TestLoss.self, testLoss), (TrainError.self, "error/train"),
    (TestError.self, testError), (LearningRate.self, "learningRate/weights"), (Penalty.self, "loss/penalty"),
  ]

  /// Of each layer: metric, section, and what follows the layer's name.
  private static let layerTags: [(any Metric.Type, String, String)] = [
    (EffectiveRate.self, "effectiveLearningRate", ""),
    (AngularUpdate.self, "angularUpdate", ""),
    (PredictedAngularUpdate.self, "angularUpdate", "/predicted"),
    (WeightNorm.self, "weightNorm", ""),
    (PredictedNorm.self, "weightNorm", "/predicted"),
    (GradientNorm.self, "gradientNorm", ""),
    (CosWeightGradient.self, "cosWeightGradient", ""),
    (NoiseScale.self, "noiseScale", ""),
    (GammaNorm.self, "gammaNorm", ""),
  ]

  private struct Source: Hashable {
    let metric: String
    let statistic: String

    init(_ metric: any Metric.Type) {
      (self.metric, statistic) = (metric.definition.name, metric.definition.headline.rawValue)
    }

    init(_ row: MetricRow) { (metric, statistic) = (row.metric, row.statistic) }
  }

  private static let networkTag = Dictionary(uniqueKeysWithValues: networkTags.map { (Source($0), $1) })
  private static let layerTag = Dictionary(uniqueKeysWithValues: layerTags.map { (Source($0), ($1, $2)) })

  /// Where TensorBoard shows a row; `nil` for one that it does not. The layers of a metric share a section, and a
  /// prediction stands behind what it predicts.
  static func tag(of row: MetricRow) -> String? {
    guard !row.layer.isEmpty else { return networkTag[Source(row)] }
    return layerTag[Source(row)].map { section, rest in "\(section)/\(row.layer)\(rest)" }
  }
}
