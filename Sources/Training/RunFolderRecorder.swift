package import Coordination
import Datasets
import EffectiveLearningRate
package import Failures
import Foundation
import Messages
import NeuralNetwork
import Optimization
package import ParameterServer
package import Parameters
package import Records
import Roles
package import RunDefinition
import Specification
package import TensorBoard
import Transport

/// Writes a run's folder: metrics, checkpoints, weights before and after, the result.
package final class RunFolderRecorder: RunRecorder {
  private let definition: RunDefinition
  private let observer: any RunObserver
  private let store: CheckpointStore
  private let writer: CheckpointWriter
  private let folder: RunFolder
  private var lock: RunLock
  private var metrics: MetricsFile
  private var collector: MetricsCollector
  /// Set once the run has a generation, if the spec wants event files.
  private var tensorBoard: TensorBoardRecord?
  private let hyperparameters: [Hyperparameter]
  /// The newest complete state.
  private var last: RunState?
  private var began = Clock.now
  private var seconds = 0.0
  private var samplesBefore = 0
  private var lastWindow: MetricsCollector.Window?
  private var evaluations: [CheckpointManifest.Evaluation] = []
  private var samplesUsed = 0
  private var rates = RateRecord()
  private var events: [RunEvent] = []

  /// Opens the records of a run and takes its lock.
  ///
  /// - Parameters:
  ///   - observer: notified of everything that is written.
  ///   - hyperparameters: what sets the run apart from others of its sweep.
  /// - Throws: `RecordError` that names the process leading the run already.
  package init(
    _ definition: RunDefinition, in folder: RunFolder, observer: any RunObserver,
    hyperparameters: [Hyperparameter] = []
  ) throws {
    self.definition = definition
    self.observer = observer
    self.folder = folder
    self.hyperparameters = hyperparameters
    lock = try RunLock(runFolder: folder.path)
    store = CheckpointStore(runFolder: folder.path)
    metrics = try MetricsFile(folder.metrics)
    collector = try MetricsCollector(definition)
    writer = CheckpointWriter(store, keeping: definition.retention)
  }

  /// Whether training has begun; before, a failed run leaves nothing.
  package private(set) var hasBegun = false

  package var generation: UInt64 { lock.generation }

  package var committed: [Int] {
    get throws { try store.steps }
  }

  package func opened() { observer.opened() }

  package func joined(_ member: Member) { observer.joined(member) }

  package func started() {
    hasBegun = true
    began = Clock.now
    samplesBefore = samplesUsed
    observer.started()
  }

  package func record(_ report: WindowReport, from server: Int) throws {
    guard let window = collector.insert(report, from: server) else { return }
    lastWindow = window
    samplesUsed += window.samples
    rates.append(window.rates)
    metrics.append(window.rows)
    try metrics.flush()
    try tensorBoard?.add(window.rows, norms: window.norms)
    observer.measured(window.layers)
    observer.logged(version: window.version, loss: window.loss)
  }

  package func evaluated(version: Int, _ tally: Tally) throws {
    seconds = Clock.now - began
    evaluations.append(CheckpointManifest.Evaluation(version: version, tally))
    let rows = Metrics.rows(ofEvaluation: tally, metrics: collector.metrics).map { $0.record(step: version, layer: "") }
    metrics.append(rows)
    try metrics.flush()
    try tensorBoard?.add(rows)
    observer.evaluated(version: version, tally)
  }

  package func happened(_ event: RunEvent) {
    events.append(event)
    observer.happened(event)
  }

  package func rewind(to version: Int, generation: UInt64) throws -> RunState? {
    try lock.raise(to: generation)
    collector = try MetricsCollector(definition)
    guard version > 0 else {
      (last, rates, evaluations, samplesUsed) = (nil, RateRecord(), [], 0)
      try metrics.truncate(to: MetricsFile.header.utf8.count)
      try openTensorBoard(keeping: nil)
      return nil
    }
    do {
      let state = try restore(version)
      last = state
      return state
    } catch let error as RecordError where error.code == .content {
      throw UnreadableCheckpoint(error.description)
    }
  }

  /// Reads the checkpoint of `version` and rewinds the records to it.
  private func restore(_ version: Int) throws -> RunState {
    let checkpoint = try store.read(step: version)
    let (state, manifest) = (try RunState(reading: checkpoint, of: definition), checkpoint.manifest)
    guard manifest.metricsCursor <= metrics.cursor else {
      throw RecordError(
        .content,
        "\(folder.metrics) has \(metrics.cursor) bytes, and had \(manifest.metricsCursor) at step \(version)")
    }
    try metrics.truncate(to: manifest.metricsCursor)
    try openTensorBoard(keeping: manifest.tensorBoardCursor)
    rates = try RateRecord(reading: checkpoint)
    evaluations = manifest.evaluations
    samplesUsed = manifest.samplesUsed - manifest.window.samples
    // A resumed run keeps the events of earlier processes.
    if events.isEmpty { events = manifest.events }
    return state
  }

  private func openTensorBoard(keeping cursor: Int?) throws {
    guard definition.spec.execution.tensorboard else { return }
    var record = try TensorBoardRecord(in: folder, keeping: cursor)
    if record.isNew { try record.begin(with: MetricsFile.rows(at: folder.metrics), hyperparameters: hyperparameters) }
    tensorBoard = consume record
  }

  package func commit(_ state: RunState, generation: UInt64, done: @escaping @Sendable (RunError?) -> Void) {
    last = state
    let recordsRates = definition.spec.execution.recordRates
    let manifest = state.manifest(
      generation: generation, metricsCursor: metrics.cursor, tensorBoardCursor: tensorBoard?.cursor,
      ratesSteps: recordsRates ? state.version : 0, evaluations: evaluations, events: events)
    let job = CheckpointJob(
      manifest: manifest, state: state, rates: recordsRates ? rates : nil,
      countedPaths: [folder.metrics, tensorBoard?.path].compactMap { $0 },
      best: evaluations.min { ($0.error, $0.version) < ($1.error, $1.version) }?.version,
      initialWeights: folder.initialWeights)
    writer.put(job, done: done)
  }

  package func ended() {
    writer.finish()
    observer.ended()
  }

  /// Tells TensorBoard how a run of a sweep has ended.
  func end(_ status: SessionStatus) throws {
    if !hyperparameters.isEmpty { try tensorBoard?.end(status) }
  }

  /// Stores the final weights and returns the result.
  package func close() throws -> RunResult {
    guard let last else { throw RunError(ExitCode.software, "no server has delivered its weights") }
    try last.keepWeights(at: folder.finalWeights, in: store)
    let exponent = try definition.spec.optimizer.make().homogeneity.exponent
    if definition.spec.execution.recordRates { try rates.write(to: folder.rates, exponent: exponent) }
    let execution = definition.spec.execution
    let final = evaluations.last?.tally
    return RunResult(
      run: folder.path, steps: definition.steps,
      epochs: Double(samplesUsed) / Double(definition.images.trainCount), trainLoss: lastWindow?.loss,
      testLoss: final?.loss, testError: final?.error, bestTestError: evaluations.map(\.error).min(),
      weightsSHA256: last.weightsSHA256, samplesUsed: samplesUsed,
      imagesPerSecond: Double(samplesUsed - samplesBefore) / max(seconds, 1e-9), seconds: seconds,
      workers: execution.workers, servers: execution.servers, threads: execution.threads,
      effectiveLearningRateDefinition: collector.effectiveLearningRateDefinition, layers: lastWindow?.layers ?? [],
      events: events)
  }
}

extension CheckpointManifest.Evaluation {
  /// Fraction of the test images.
  fileprivate var error: Double { tally.error ?? 1 }
}
