import EffectiveLearningRate
import Foundation
import Records
import Specification
import Terminal

/// A run as its folder shows it.
struct WatchedRun {
  let path: String
  private(set) var view: RunView
  private(set) var record: RunRecord
  private let spec: RunSpec
  private var isLed = true
  private var tail: MetricsTail
  /// The first step seen, and when.
  private var first: (step: Int, at: ContinuousClock.Instant)?

  init(_ path: String) throws {
    let folder = try RunFolder(resuming: path)
    let record = try folder.readRecord()
    guard record.measured == nil else {
      throw RecordError(
        .occupied,
        "Folder \(folder.path) holds measured checkpoints, which \"tare report\" draws, and no run to watch; accepted: the folder of "
          + "a run or sweep.")
    }
    guard let spec = try? record.spec.decoded(as: RunSpec.self) else {
      throw RecordError(.content, "\(folder.record) holds no spec that this version of tare can read.")
    }
    self.path = folder.path
    self.record = record
    self.spec = spec
    tail = MetricsTail(folder.metrics)
    view = Self.emptyView(spec, record)
  }

  private static func emptyView(_ spec: RunSpec, _ record: RunRecord) -> RunView {
    let images = record.trainingImages ?? 0
    let steps =
      spec.steps ?? (images > 0 ? try? spec.stepCount(trainingImages: images) : nil) ?? record.runResult?.steps
    let stepsPerEpoch = images > 0 ? Double(images) / Double(spec.samplesPerStep) : .nan
    return RunView(
      title: spec.headline, progress: ProgressLine(steps: steps ?? 0, stepsPerEpoch: stepsPerEpoch),
      schedule: spec.schedule.name.rawValue)
  }

  /// Whether no process trained the run when its files were last read.
  var isOver: Bool { status != .running }

  var status: RunStatus { record.status == .running && !isLed ? .stopped : record.status }

  /// Reads what is new in the folder.
  ///
  /// - Returns: whether anything was.
  mutating func update() -> Bool {
    // Before the files: a run writes its end before it releases its lock.
    isLed = RunLock.isHeld(runFolder: path)
    if let record = RunRecord(inFolder: path) { self.record = record }
    let (rows, isRestarted) = tail.read()
    if isRestarted { (view, first) = (Self.emptyView(spec, record), nil) }
    for rows in rows.byStep { take(rows) }
    measureSpeed()
    return !rows.isEmpty || isRestarted
  }

  /// The rows of one step: a logging window, an evaluation, or both.
  private mutating func take(_ rows: ArraySlice<MetricRow>) {
    guard let step = rows.first?.step else { return }
    var layers: [RunResult.Layer] = []
    var (loss, error): (Double??, Double??) = (nil, nil)
    for row in rows {
      switch (row.metric, row.statistic) {
      case (TrainLoss.name, _): loss = .some(row.value)
      case (TestError.name, _): error = .some(row.value)
      case (WeightNorm.name, .p50): layers[row.layer].norm = row.value
      case (EffectiveRate.name, .p50): layers[row.layer].effectiveLearningRate = row.value
      case (AngularUpdate.name, .rms): layers[row.layer].angularUpdate = row.value
      case (PredictedAngularUpdate.name, .rms): layers[row.layer].predictedAngularUpdate = row.value
      case (PredictedNorm.name, .p50): layers[row.layer].predictedNorm = row.value
      case (InEquilibrium.name, .layer): layers[row.layer].isInEquilibrium = row.value.map { $0 == 1 }
      case (EquilibriumTimeConstant.name, .layer): layers[row.layer].equilibriumTimeConstant = row.value
      default: break
      }
    }
    // Without a predicted norm there is no equilibrium to be in.
    for index in layers.indices where layers[index].predictedNorm == nil { layers[index].isInEquilibrium = nil }
    if let loss { view.logged(step: step, loss: loss, layers: layers.filter { $0.effectiveLearningRate != nil }) }
    if let error { view.evaluated(step: step, testError: error) }
  }

  private mutating func measureSpeed() {
    let step = view.progress.step
    guard !isOver else {
      (view.progress.imagesPerSecond, view.progress.remaining) = (record.runResult?.imagesPerSecond, nil)
      return
    }
    guard let first else {
      if step > 0 { self.first = (step, .now) }
      return
    }
    guard step > first.step else { return }
    let speed = Double(step - first.step) / max(first.at.duration(to: .now) / .seconds(1), 1e-9)
    view.progress.imagesPerSecond = speed * Double(spec.samplesPerStep)
    view.progress.remaining = Double(view.progress.steps - step) / speed
  }
}

extension [RunResult.Layer] {
  /// The layer of that name, created on first access.
  fileprivate subscript(name: String) -> RunResult.Layer {
    get { first { $0.name == name } ?? Self.empty(name) }
    set {
      if let index = firstIndex(where: { $0.name == name }) { self[index] = newValue } else { append(newValue) }
    }
  }

  private static func empty(_ name: String) -> RunResult.Layer {
    RunResult.Layer(
      name: name, norm: nil, predictedNorm: nil, effectiveLearningRate: nil, angularUpdate: nil,
      predictedAngularUpdate: nil, cosWeightGradient: nil)
  }
}
