import Coordination
import Datasets
import Failures
import Foundation
import Hosting
package import Launching
import Logging
import Parameters
package import Records
package import Roles
package import RunDefinition
package import Specification
package import TensorBoard
package import Transport
import ZeroMQ

/// One run, from spec to result: opens the data, creates the run folder, leads the run, writes its record.
package final class TrainingRun {
  package let spec: RunSpec
  /// The spec before it was resolved.
  private let asked: RunSpec
  /// For socket files, if the run's processes use them; code that ends this process without unwinding must remove it.
  package let scratch: ScratchFolder?

  /// Of the run, once its record is there.
  package private(set) var folder: String?

  /// Whether to keep what the threads do.
  package var isTraced = false
  /// That, once the run has ended.
  package private(set) var trace: RunTrace?

  private let origin: Origin
  /// What may differ from the checkpoints' run, or among the members of a new one.
  private let allowances: Allowances
  /// Of the members, where they are threads of this process.
  let inputs: RunInputs
  private let hyperparameters: [Hyperparameter]
  /// Where the members run, if on hosts that are shared with other runs.
  let placement: HostPlacement?

  /// What a run begins with.
  package enum Origin: Sendable {
    case new
    /// The run in the output folder goes on.
    case resumed(Allowances)
    /// A copy of the run in another folder goes on in the output folder.
    case branched(from: String, Allowances)

    fileprivate var allowances: Allowances? {
      switch self {
      case .new: nil
      case .resumed(let allowances), .branched(_, let allowances): allowances
      }
    }
  }

  /// - Parameters:
  ///   - spec: valid.
  ///   - inputs: of the process, where it trains several runs.
  ///   - toleratesOtherArithmetic: whether the workers of a new run may round differently.
  ///   - hyperparameters: what sets the run apart from others of its sweep, for TensorBoard.
  ///   - placement: hosts that are shared with other runs; without it, a run opens a pool of its own if it needs one.
  package init(
    _ spec: RunSpec, origin: Origin = .new, toleratesOtherArithmetic: Bool = false, inputs: RunInputs = RunInputs(),
    hyperparameters: [Hyperparameter] = [], placement: HostPlacement? = nil
  ) throws {
    asked = spec
    self.spec = spec.resolved
    self.origin = origin
    allowances = origin.allowances ?? (toleratesOtherArithmetic ? .otherArithmetic : [])
    self.inputs = inputs
    self.hyperparameters = hyperparameters
    self.placement = placement
    scratch = self.spec.needsScratchFolder ? try ScratchFolder() : nil
  }

  deinit { scratch?.remove() }

  /// Trains to the end; no member is left when it returns.
  ///
  /// - Parameters:
  ///   - notices: where the owner of signals posts them.
  ///   - observe: makes the observer of the run.
  /// - Throws: an `ExitCoded` error for every end but `done`. A run that never began leaves no folder.
  package func train(
    notices: Mailbox<CoordinatorRole.Notice>, observing observe: (RunDefinition) throws -> any RunObserver
  ) throws -> RunResult {
    if placement == nil { try Hosts.check(spec.execution) }
    try ResourceLimits.check(leading: spec.execution.servers + spec.execution.workers)
    let (definition, files, inputs, note) = try define()
    let observer = try observe(definition)
    if let note { observer.warned(note) }
    for file in files ?? [] where file.checksum == .different {
      observer.warned("\(file.path) is not the published file of that name (SHA-256 \(file.sha256))")
    }
    let folder = try openFolder(of: definition)
    var recorder: RunFolderRecorder?
    do {
      let opened = try RunFolderRecorder(
        definition, in: folder, observer: observer, hyperparameters: hyperparameters,
        allowing: allowances)
      recorder = opened
      opened.standardization = inputs?.standardization
      let earlier = try origin.allowances == nil ? nil : folder.readRecord()
      if let earlier { try opened.checkResume(of: earlier, files: files ?? [], isBranch: !isInPlace) }
      // Must precede the first call of oneDNN, which fixes its instruction set.
      try definition.selectInstructionSet()
      // Workers elsewhere check theirs.
      if [.processes, .threads].contains(spec.execution.launcher) { try definition.checkPrecision() }
      var record = try RunRecord(definition, tare: Version.text, commandLine: CommandLine.arguments)
      record.asked = try JSONValue(encoding: asked)
      record.dataFiles = try files.map(JSONValue.init(encoding:))
      record.data = try definition.data.map(JSONValue.init(encoding:))
      record.inputs = try inputs.map(JSONValue.init(encoding:))
      if let earlier {
        (record.started, record.changes) = (earlier.started, earlier.changes)
        // Until training begins, the run stays as it was recorded.
        opened.onStart = { [record, unowned opened] in try folder.write(record.noting(opened.changes)) }
      } else {
        opened.unsynced = try folder.begin(record)
      }
      self.folder = folder.path
      return try lead(definition, in: folder, recorder: opened, notices: notices, observer: observer, record: &record)
    } catch {
      if recorder?.hasBegun != true, !isInPlace {
        folder.discard()
        self.folder = nil
      }
      throw error
    }
  }

  /// Whether the folder holds the run already.
  private var isInPlace: Bool { if case .resumed = origin { true } else { false } }

  private func openFolder(of definition: RunDefinition) throws -> RunFolder {
    switch origin {
    case .new: return try RunFolder(spec.execution.output)
    case .resumed: return try RunFolder(resuming: spec.execution.output ?? "")
    case .branched(let source, _):
      return try RunFolder(resuming: source).branch(to: spec.execution.output ?? "", before: definition.steps)
    }
  }

  /// The coordinator of the run, and the launcher of its servers and workers.
  ///
  /// - Parameter folder: gets `join.json`, if others may join.
  package func makeCoordinator(
    of definition: RunDefinition, recorder: any RunRecorder, notices: Mailbox<CoordinatorRole.Notice>,
    observer: any RunObserver, log: LogFile, in folder: RunFolder? = nil
  ) throws -> (CoordinatorRole, any Launcher) {
    let key = RunKey()
    let context = try Context()
    let endpoint = try spec.coordinatorEndpoint(scratch: scratch, key: key)
    let role = try CoordinatorRole(
      definition, on: endpoint, in: context, key: key, recorder: recorder, notices: notices,
      log: logger("coordinator", to: log.descriptor, of: key), isTraced: isTraced)
    if let folder {
      let name = RunKey.name(ofSession: key.session)
      role.log.info("run \(name) in \(folder.path)")
      ProcessLog.note { ($0.run, $0.role) = (name, "coordinator") }
    }
    if let folder, spec.execution.launcher != .threads {
      try JoinFile(endpoint: role.endpoint, key: key).write(to: folder)
    }
    let launcher = try makeLauncher(
      of: definition, joining: role.endpoint, key: key, context: context, observer: observer, log: log)
    return (role, launcher)
  }

  private func lead(
    _ definition: RunDefinition, in folder: RunFolder, recorder: RunFolderRecorder,
    notices: Mailbox<CoordinatorRole.Notice>,
    observer: any RunObserver, record: inout RunRecord
  ) throws -> RunResult {
    let log = try LogFile(folder.log)
    let (role, launcher) = try makeCoordinator(
      of: definition, recorder: recorder, notices: notices, observer: observer, log: log, in: folder)
    defer {
      unlinkInvitation(of: folder)
      trace = role.trace
    }
    if placement == nil { recorder.hosts = (launcher as? HostLauncher)?.hosts }
    do {
      // Role and launcher know the descriptor only.
      try withExtendedLifetime(log) { try role.run(launcher) }
      let result = try recorder.close()
      try recorder.end(.success)
      record = record.noting(recorder.changes)
      try finish(&record, .done, result, in: folder)
      return result
    } catch {
      // A record that cannot be written must not hide why the run ended.
      if recorder.hasBegun {
        let status = RunStatus(role.outcome)
        // An interrupted run can be resumed.
        if status != .interrupted { try? recorder.end(.failure) }
        record = record.noting(recorder.changes)
        try? finish(&record, status, nil, cause: "\(RunError(error))", in: folder)
      }
      throw Self.naming(recorder.hosts?.missing ?? [], in: error)
    }
  }

  /// An error that came of hosts that haven't joined says so.
  private static func naming(_ missing: [String], in error: any Error) -> any Error {
    let failure = RunError(error)
    guard !missing.isEmpty, failure.exitCode == ExitCode.unavailable else { return error }
    let names = missing.joined(separator: ", ")
    let sentence = missing.count == 1 ? "host \(names) has not joined" : "hosts \(names) have not joined"
    return RunError(failure.exitCode, "\(failure.description); \(sentence)")
  }

  /// The run's definition, and what only the coordinator computes: checksums of the data files, and what their images are
  /// standardized with, and what is to be said of them. Embedded images are not generated.
  private func define() throws -> (RunDefinition, [FileRecord]?, InputFacts?, note: String?) {
    let request = DatasetRequest(spec.dataset)
    // With members in processes, this process needs the images only briefly.
    let datasets = spec.execution.launcher == .threads ? inputs.datasets : DatasetCache()
    let isEmbedded = spec.dataset.name.isEmbedded
    let images = try isEmbedded ? DatasetSummary(request) : DatasetSummary(datasets.dataset(request))
    let files = try isEmbedded ? nil : datasets.verify(request)
    var data = try isEmbedded ? nil : datasets.identity(request)
    data?.files = files
    let definition = try RunDefinition(spec: spec, images: images, data: data)
    try checkGivenWeightsAreLeft()
    // Fail before launching if the servers could not read the rates or weights.
    _ = try definition.followedRates()
    try definition.checkGivenWeights()
    let inputs = try isEmbedded ? nil : InputFacts(images, datasets.standardization(request))
    let note = try isEmbedded ? nil : datasets.dataset(request).train.oneClassNote
    return (definition, files, inputs, note)
  }

  /// A run that goes on needs the weights that it began with.
  private func checkGivenWeightsAreLeft() throws(IdentityError) {
    guard origin.allowances != nil, let path = spec.initialWeights, !FileManager.default.fileExists(atPath: path) else {
      return
    }
    throw IdentityError(
      "The run began with initialWeights \"\(path)\", which is gone; accepted: the same file, or a link "
        + "to it, in that place, because angleToInitial is measured from these weights.")
  }

  private func finish(
    _ record: inout RunRecord, _ status: RunStatus, _ result: RunResult?, cause: String? = nil,
    in folder: RunFolder
  ) throws {
    record.status = status
    record.ended = Date()
    record.cause = cause
    record.result = try result.map(JSONValue.init(encoding:))
    try folder.write(record, relyingOn: result == nil ? [] : [folder.weights])
  }

  private func unlinkInvitation(of folder: RunFolder) { unsafe unlink(folder.invitation) }
}
