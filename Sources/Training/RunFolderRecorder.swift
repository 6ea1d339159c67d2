package import Coordination
import Datasets
import EffectiveLearningRate
package import Failures
import Foundation
import Hosting
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
  let definition: RunDefinition
  let observer: any RunObserver
  /// Of the images, where they come from files; stored with the weights.
  var standardization: Standardization?
  let store: CheckpointStore
  private let writer: CheckpointWriter
  let folder: RunFolder
  private var lock: RunLock
  private(set) var metrics: MetricsFile
  private var collector: MetricsCollector
  /// Set once the run has a generation, if the spec wants event files.
  private var tensorBoard: TensorBoardRecord?
  private let hyperparameters: [Hyperparameter]
  /// Of the newest complete state.
  private var lastVersion: Int?
  /// Whether a state is being written that is not committed.
  private var isCollecting = false
  private var began = Clock.now
  private var seconds = 0.0
  /// The step after which this process goes on; 0 in a new run.
  private var firstVersion = 0
  /// Of the records, before the rows that are there only because the run ends.
  private var beforeEnd: CheckpointManifest.Cursors?
  private var lastWindow: MetricsCollector.Window?
  private var evaluations: [CheckpointManifest.Evaluation] = []
  private var samplesUsed = 0
  private var path = LayerPath()
  private var rates = RateRecord()
  private(set) var identity: RunIdentity { didSet { codedIdentity = nil } }
  /// As the manifests hold it.
  private var codedIdentity: JSONValue?
  let allowances: Allowances
  private var initialWeightsSHA256: String?
  /// Of the newest complete state.
  private var weightsSHA256: String?
  /// The first bytes of `metrics.csv` that have their recorded hash.
  var comparedRows: (bytes: Int, sha256: String)?
  /// Of earlier processes of a resumed run.
  private var earlierEvents: [RunEvent] = []
  private var events: [RunEvent] = []
  /// Where the records go back to once training begins.
  private var pending: Rewind?

  /// Files and folders of a new run that become durable with its first generation.
  package var unsynced: [String] = []
  /// A new run's first generation, stored before it is asked for.
  private var raised: DiskSync?
  /// What a resume was allowed to change, one sentence each.
  package internal(set) var changes: [String] = []
  /// Called when training begins, before anything is recorded: until then an earlier record of the run stays as it is.
  package var onStart: (() throws -> Void)?

  /// Opens the records of a run and takes its lock.
  ///
  /// - Parameters:
  ///   - observer: notified of everything that is written.
  ///   - hyperparameters: what sets the run apart from others of its sweep.
  ///   - allowances: what may differ from the checkpoints' run.
  /// - Throws: `RecordError` that names the process leading the run already.
  package init(
    _ definition: RunDefinition, in folder: RunFolder, observer: any RunObserver,
    hyperparameters: [Hyperparameter] = [], allowing allowances: Allowances = []
  ) throws {
    self.allowances = allowances
    identity = try RunIdentity(definition)
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
  /// That the run has for itself.
  var hosts: Hosts?

  /// Checkpoints name it too, and are there where the lock was lost.
  package var generation: UInt64 {
    let kept = (try? store.steps) ?? []
    let stored = kept.compactMap { try? store.manifest(step: $0).generation }.filter { $0 < RunLock.greatestGeneration }
    return max(lock.generation, stored.max() ?? 0)
  }

  package var committed: [Int] {
    get throws { try store.steps }
  }

  package var toleratesOtherArithmetic: Bool { allowances.contains(.otherArithmetic) }

  package func opened() {
    // The disk has time while the members start. What fails here fails when the generation is asked for, too.
    if !unsynced.isEmpty { raised = try? lock.beginRaise(to: generation + 1, with: unsynced) }
    observer.opened()
  }

  package func joined(_ member: Member) { observer.joined(member) }

  package func agreed(on fingerprint: Fingerprint) throws {
    // Servers that tests rehearse with have no workers.
    guard !fingerprint.probe.isEmpty else { return }
    guard !EmulatedComputing.made(fingerprint) else {
      throw RunError(
        ExitCode.unavailable,
        "the workers only emulate computing (\(EmulatedComputing.variable) is set for them), and a run that is recorded learns"
      )
    }
    identity.arithmetic = .init(fingerprint)
    if fingerprint.isMixed {
      let mixture = "The workers compute with \(fingerprint.library), and their bits differ: the weights depend on who "
      try note(
        IdentityError("\(mixture)computes what (fingerprint \(fingerprint.probe)).", allowance: .otherArithmetic),
        since: lastVersion ?? 0)
    }
    if let newest = try newestManifest() { try checkIdentity(of: newest) }
  }

  package func started() throws {
    if let pending { try goBack(to: pending) }
    pending = nil
    try onStart?()
    hasBegun = true
    began = Clock.now
    firstVersion = lastVersion ?? 0
    if let hosts { observer.placed(on: hosts.survey()) }
    observer.started(after: firstVersion)
  }

  package func record(_ report: WindowReport, from server: Int) throws {
    guard let window = collector.insert(report, from: server) else { return }
    lastWindow = window
    samplesUsed += window.samples
    path.append(window.version, window.layers)
    rates.append(window.rates)
    if window.version == definition.steps, !definition.endsWindow(window.version) { noteEnd() }
    metrics.append(window.rows)
    try metrics.flush()
    try tensorBoard?.add(window.rows, norms: window.norms)
    observer.recorded(window.rows)
    observer.measured(window.layers)
    observer.logged(version: window.version, loss: window.loss)
  }

  package func evaluated(version: Int, _ tally: Tally) throws {
    seconds = Clock.now - began
    evaluations.append(CheckpointManifest.Evaluation(version: version, tally))
    if version == definition.steps, !definition.isEvaluated(version) { noteEnd() }
    try recordEvaluation(version, tally)
    observer.evaluated(version: version, tally)
  }

  private func recordEvaluation(_ version: Int, _ tally: Tally) throws {
    let rows = Metrics.rows(ofEvaluation: tally, metrics: collector.metrics).map { $0.record(step: version, layer: "") }
    metrics.append(rows)
    try metrics.flush()
    try tensorBoard?.add(rows)
    observer.recorded(rows)
  }

  /// What comes now would not be there if the run were longer.
  private func noteEnd() {
    guard beforeEnd == nil else { return }
    beforeEnd = .init(
      metrics: metrics.cursor, tensorBoard: tensorBoard?.cursor, tensorBoardSHA256: tensorBoard?.sha256)
  }

  package func stands(_ standing: RunStanding) { observer.stands(standing) }

  package func happened(_ event: RunEvent) {
    events.append(event)
    observer.happened(event)
  }

  /// What a generation begins with.
  private struct Rewind {
    /// `nil` where that is the start of the run.
    var checkpoint: (state: StoredState, manifest: CheckpointManifest, rates: RateRecord)?
  }

  package func rewind(to version: Int, generation: UInt64) throws -> StoredState? {
    if isCollecting { writer.drop() }
    isCollecting = false
    try raised?.wait()
    if generation > lock.generation { try lock.beginRaise(to: generation, with: unsynced).wait() }
    (raised, unsynced) = (nil, [])
    let rewind = Rewind(checkpoint: version > 0 ? try read(version) : nil)
    collector = try MetricsCollector(definition)
    path.cut(after: version)
    if hasBegun { try goBack(to: rewind) } else { pending = rewind }
    return rewind.checkpoint?.state
  }

  /// Reads the checkpoint of `version`, which must be one of this run and fit its records.
  ///
  /// - Throws: `UnreadableCheckpoint` for one that is not whole; `IdentityError` for one of another run or other records.
  private func read(_ version: Int) throws -> (StoredState, CheckpointManifest, RateRecord) {
    let checkpoint: Checkpoint
    do {
      checkpoint = try store.read(step: version)
      try check(checkpoint.manifest)
      return (
        try StoredState(reading: checkpoint, of: definition), checkpoint.manifest, try RateRecord(reading: checkpoint)
      )
    } catch let error as RecordError { throw UnreadableCheckpoint(error.description) }
  }

  /// Rewinds the records.
  private func goBack(to rewind: Rewind) throws {
    try store.discard(after: rewind.checkpoint?.state.version ?? 0)
    beforeEnd = nil
    guard let (state, manifest, rates) = rewind.checkpoint else {
      (lastVersion, weightsSHA256, self.rates, evaluations, samplesUsed) = (nil, nil, RateRecord(), [], 0)
      try metrics.truncate(to: MetricsFile.header.utf8.count)
      return try openTensorBoard(keeping: nil, sha256: nil)
    }
    (lastVersion, weightsSHA256, self.rates, evaluations) = (
      state.version, manifest.weightsSHA256, rates, manifest.evaluations
    )
    samplesUsed = manifest.samplesUsed - manifest.window.samples
    if let end = manifest.beforeEnd, definition.steps > manifest.step {
      // A run of n steps that goes on to 2n has the records of a run of 2n.
      try metrics.truncate(to: end.metrics)
      try openTensorBoard(keeping: end.tensorBoard, sha256: end.tensorBoardSHA256)
      if let atEnd = evaluations.last, atEnd.version == manifest.step {
        if definition.isEvaluated(atEnd.version) {
          try recordEvaluation(atEnd.version, atEnd.tally)
        } else {
          evaluations.removeLast()
        }
      }
    } else {
      beforeEnd = manifest.beforeEnd
      try metrics.truncate(to: manifest.metricsCursor)
      try openTensorBoard(keeping: manifest.tensorBoardCursor, sha256: manifest.tensorBoardSHA256)
    }
    initialWeightsSHA256 = manifest.initialWeightsSHA256 ?? initialWeightsSHA256
    // A resumed run keeps the events and the windows of earlier processes.
    if !hasBegun { (earlierEvents, path) = (manifest.events, LayerPath(try MetricsFile.rows(at: folder.metrics))) }
  }

  private func openTensorBoard(keeping cursor: Int?, sha256: String?) throws {
    guard definition.spec.execution.tensorboard else { return }
    var record = try TensorBoardRecord(in: folder, keeping: cursor, sha256: sha256)
    if record.isNew { try record.begin(with: MetricsFile.rows(at: folder.metrics), hyperparameters: hyperparameters) }
    tensorBoard = consume record
  }

  package func collect(_ version: Int) {
    isCollecting = true
    writer.begin(version, definition.collectedFiles(version: version, standardization: standardization))
  }

  package func append(_ bytes: [ArraySlice<UInt8>], done: @escaping @Sendable () -> Void) {
    writer.append(bytes, done: done)
  }

  package func commit(_ state: CollectedState, generation: UInt64, done: @escaping @Sendable (RunError?) -> Void) {
    (lastVersion, isCollecting) = (state.version, false)
    let recordsRates = definition.spec.execution.recordRates
    var manifest = state.manifest(
      generation: generation, metricsCursor: metrics.cursor, tensorBoardCursor: tensorBoard?.cursor,
      ratesSteps: recordsRates ? state.version : 0, evaluations: evaluations, events: earlierEvents + events)
    manifest.beforeEnd = state.version == definition.steps ? beforeEnd : nil
    manifest.metricsSHA256 = metrics.sha256
    manifest.tensorBoardSHA256 = tensorBoard?.sha256
    weightsSHA256 = manifest.weightsSHA256
    if state.version == 0 { initialWeightsSHA256 = manifest.weightsSHA256 }
    manifest.initialWeightsSHA256 = initialWeightsSHA256
    codedIdentity = try? codedIdentity ?? JSONValue(encoding: identity)
    manifest.identity = codedIdentity
    var counted = [folder.metrics]
    if let path = tensorBoard?.path { counted += [path, folder.tensorBoard] }
    let job = CheckpointJob(
      manifest: manifest, state: state, rates: recordsRates ? rates : nil,
      countedPaths: counted,
      best: evaluations.min { ($0.error, $0.version) < ($1.error, $1.version) }?.version,
      keptWeights: state.version == 0
        ? folder.initialWeights : state.version == definition.steps ? folder.finalWeights : nil)
    writer.commit(job, done: done)
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
    guard let lastVersion, let weightsSHA256 else {
      throw RunError(ExitCode.software, "no server has delivered its weights")
    }
    try store.keep(RunDefinition.weightsFile, ofStep: lastVersion, at: folder.finalWeights)
    let exponent = try definition.spec.optimizer.make().homogeneity.exponent
    if definition.spec.execution.recordRates { try rates.write(to: folder.rates, exponent: exponent) }
    let execution = definition.spec.execution
    let final = evaluations.last?.tally
    return RunResult(
      run: folder.path, steps: definition.steps,
      epochs: Double(samplesUsed) / Double(definition.images.trainCount), trainLoss: lastWindow?.loss,
      testLoss: final?.loss, testError: final?.error, bestTestError: evaluations.map(\.error).min(),
      weightsSHA256: weightsSHA256, samplesUsed: samplesUsed,
      imagesPerSecond: Double((definition.steps - firstVersion) * definition.spec.samplesPerStep) / max(seconds, 1e-9),
      seconds: seconds, resumedAfter: firstVersion,
      workers: execution.workers, servers: execution.servers, threads: execution.threads,
      effectiveLearningRateDefinition: collector.effectiveLearningRateDefinition,
      layers: layersWithInitialNorms(lastWindow?.layers ?? []), path: recordedPath,
      staleness: definition.spec.isAsynchronous ? Staleness(recordedIn: try MetricsFile.rows(at: folder.metrics)) : nil,
      events: earlierEvents + events)
  }
}

extension RunFolderRecorder {
  /// With ‖w‖ before the first step, from the weights that the run keeps of it.
  private func layersWithInitialNorms(_ layers: [RunResult.Layer]) -> [RunResult.Layer] {
    guard let file = try? SafeTensorsFile(folder.initialWeights) else { return layers }
    let parameters = definition.architecture.layout.parameters
    return layers.map { layer in
      guard let parameter = parameters.first(where: { $0.layer == layer.name && $0.invariance != .none }),
        let entry = file.entry(named: parameter.name)
      else { return layer }
      let (count, group) = (parameter.shape.count, parameter.filterLength * parameter.invariance.filtersPerGroup)
      guard entry.extents == parameter.shape.extents else { return layer }
      var layer = layer
      layer.initialNorm = Statistic.median(
        of: stride(from: 0, to: count, by: group).map { start in
          file.wideElements(of: entry, in: start..<min(start + group, count)).reduce(0) { $0 + $1 * $1 }.squareRoot()
        })
      return layer
    }
  }

  /// `nil` for a run whose `metrics.csv` lacks it: resumed, it would have another.
  private var recordedPath: RunResult.Path? {
    let recorded = Set(collector.metrics.map { $0.definition.name })
    guard recorded.isSuperset(of: [WeightNorm.name, EffectiveRate.name, AngularUpdate.name]) else { return nil }
    let best = evaluations.min { ($0.error, $0.version) < ($1.error, $1.version) }
    return path.summary(bestStep: best?.version ?? definition.steps)
  }
}

extension CheckpointManifest.Evaluation {
  /// Fraction of the test images.
  fileprivate var error: Double { tally.error ?? 1 }
}
