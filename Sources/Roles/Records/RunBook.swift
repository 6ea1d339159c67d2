import Coordination
import Datasets
import EffectiveLearningRate
import Foundation
import Messages
import NeuralNetwork
import Optimization
import ParameterServer
import Parameters
package import Records
package import TensorBoard
import Transport

/// What a run leaves behind: metrics, checkpoints, weights before and after, the result.
package final class RunBook {
  let store: CheckpointStore
  /// The state that the generation began with; `nil` where that is the initial one.
  private(set) var restored: RunState?

  private let definition: RunDefinition
  private let folder: RunFolder
  private var lock: RunLock
  private var metrics: MetricsFile
  private var collector: MetricsCollector
  /// There once the run has a generation, if it keeps one.
  private var tensorBoard: TensorBoardRecord?
  private let hyperparameters: [Hyperparameter]
  /// States on their way from the servers.
  private var states: [Int: RunState] = [:]
  private var last: RunState?
  private var began = Clock.now
  private var seconds = 0.0
  private var samplesBefore = 0
  private var lastWindow: MetricsCollector.Window?
  private var evaluations: [CheckpointManifest.Evaluation] = []
  private var samplesUsed = 0
  private var rates = RateRecord()
  private var events: [RunEvent] = []

  /// Opens the records of a run, which nobody else leads then.
  ///
  /// - Parameter hyperparameters: what sets the run apart from others of its sweep.
  /// - Throws: `RecordError` that names the process which leads the run.
  package init(
    _ definition: RunDefinition, in folder: RunFolder, hyperparameters: [Hyperparameter] = []
  ) throws {
    self.definition = definition
    self.folder = folder
    self.hyperparameters = hyperparameters
    lock = try RunLock(runFolder: folder.path)
    store = CheckpointStore(runFolder: folder.path)
    metrics = try MetricsFile(folder.metrics)
    collector = try MetricsCollector(definition)
  }

  /// Whether training has begun; before, a failed run leaves nothing.
  package private(set) var hasBegun = false

  /// The highest of the run so far.
  var generation: UInt64 { lock.generation }

  /// Takes one part of a server's state; whether the server's is complete now.
  func take(_ message: State, _ payload: Payload, of server: Int) -> Bool {
    var state = states[message.version] ?? RunState(definition, version: message.version)
    guard message.part == .windows || payload.header.offset == definition.shards.shards[server].lowerBound,
      state.insert(payload.bytes, part: message.part, of: server)
    else { return false }
    state.note(tally: message.tally, steps: message.steps)
    states[message.version] = state
    return state.isComplete(of: server)
  }

  func take(_ report: StepReport, _ payload: Payload?, from server: Int) throws -> MetricsCollector.Window? {
    let windows = try payload.map { try $0.buffer(of: Double.self).values } ?? []
    let tally = Tally(lossSum: report.lossSum, correct: report.correct, samples: report.samples)
    guard
      let window = collector.insert(
        WindowReport(
          version: report.step, tally: tally, steps: report.steps, windows: windows,
          nonFinite: nil), from: server)
    else { return nil }
    lastWindow = window
    samplesUsed += window.samples
    rates.append(window.rates)
    metrics.append(window.rows)
    try metrics.flush()
    try tensorBoard?.add(window.rows, norms: window.norms)
    return window
  }

  /// Everybody is there for the first time.
  func begin() {
    hasBegun = true
    began = Clock.now
    samplesBefore = samplesUsed
  }

  func evaluated(version: Int, _ tally: Tally) throws {
    seconds = Clock.now - began
    evaluations.append(CheckpointManifest.Evaluation(version: version, tally))
    let rows = Metrics.rows(ofEvaluation: tally, metrics: collector.metrics).map { $0.record(step: version, layer: "") }
    metrics.append(rows)
    try metrics.flush()
    try tensorBoard?.add(rows)
  }

  func happened(_ incident: Incident) {
    events.append(RunEvent(seconds: incident.seconds, step: incident.step, what: incident.what))
  }

  /// Goes back to what the records held at `version`, or begins there; what came later is void.
  ///
  /// - Throws: `RecordError` with `.content` if what is on the disk is not whole.
  func rewind(to version: Int, generation: UInt64) throws {
    try lock.raise(to: generation)
    states = [:]
    collector = try MetricsCollector(definition)
    guard version > 0 else {
      (restored, last, rates, evaluations, samplesUsed) = (nil, nil, RateRecord(), [], 0)
      try metrics.truncate(to: MetricsFile.header.utf8.count)
      return try openTensorBoard(keeping: nil)
    }
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
    // A resumed run knows of earlier deaths.
    if events.isEmpty { events = manifest.events }
    (restored, last) = (state, state)
  }

  private func openTensorBoard(keeping cursor: Int?) throws {
    guard definition.spec.execution.tensorboard else { return }
    var record = try TensorBoardRecord(in: folder, keeping: cursor)
    if record.isNew { try record.begin(with: MetricsFile.rows(at: folder.metrics), hyperparameters: hyperparameters) }
    tensorBoard = consume record
  }

  /// What there is to keep at `version`, whose state has come from every server.
  func checkpoint(of version: Int, generation: UInt64) throws -> CheckpointJob {
    guard let state = states.removeValue(forKey: version), state.isComplete else {
      throw RunError(ExitCode.software, "the state of step \(version) is not complete")
    }
    states = [:]
    last = state
    let recordsRates = definition.spec.execution.recordRates
    let manifest = state.manifest(
      generation: generation, metricsCursor: metrics.cursor, tensorBoardCursor: tensorBoard?.cursor,
      ratesSteps: recordsRates ? version : 0, evaluations: evaluations, events: events)
    return CheckpointJob(
      manifest: manifest, state: state, rates: recordsRates ? rates : nil,
      countedPaths: [folder.metrics, tensorBoard?.path].compactMap { $0 },
      best: evaluations.min { ($0.error, $0.version) < ($1.error, $1.version) }?.version,
      initialWeights: folder.initialWeights)
  }

  /// Tells TensorBoard how a run of a sweep has ended.
  func end(_ status: SessionStatus) throws {
    if !hyperparameters.isEmpty { try tensorBoard?.end(status) }
  }

  /// Stores the last weights and sums the run up.
  func close() throws -> RunResult {
    guard let last else { throw RunError(ExitCode.software, "no server has handed over its weights") }
    try last.keepWeights(at: folder.finalWeights, in: store)
    let exponent = try definition.spec.rule.make().homogeneity.exponent
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
