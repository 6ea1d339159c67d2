import Coordination
import Datasets
import Failures
import Foundation
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
  /// For socket files, if the run's processes use them; code that ends this process without unwinding must remove it.
  package let scratch: ScratchFolder?

  /// Of the run, once its record is there.
  package private(set) var folder: String?

  private let isResumed: Bool
  /// Of the members, where they are threads of this process.
  let inputs: RunInputs
  private let hyperparameters: [Hyperparameter]

  /// - Parameters:
  ///   - spec: valid and resolved.
  ///   - isResumed: whether to continue the run in the output folder.
  ///   - inputs: of the process, where it trains several runs.
  ///   - hyperparameters: what sets the run apart from others of its sweep, for TensorBoard.
  package init(
    _ spec: RunSpec, isResumed: Bool = false, inputs: RunInputs = RunInputs(),
    hyperparameters: [Hyperparameter] = []
  ) throws {
    self.spec = spec
    self.isResumed = isResumed
    self.inputs = inputs
    self.hyperparameters = hyperparameters
    scratch = spec.needsScratchFolder ? try ScratchFolder() : nil
  }

  deinit { scratch?.remove() }

  /// Trains to the end; no member is left when it returns.
  ///
  /// - Parameters:
  ///   - notices: where the owner of signals posts them.
  ///   - observe: makes the observer of the run.
  /// - Throws: an `ExitCoded` error for every end but `done`. A run that never began leaves no folder.
  package func train(
    notices: Mailbox<CoordinatorRole.Notice>, observing observe: (RunDefinition) -> any RunObserver
  ) throws -> RunResult {
    let (definition, files) = try define()
    let observer = observe(definition)
    for file in files ?? [] where file.checksum == .different {
      observer.warned("\(file.path) is not the published file of that name (SHA-256 \(file.sha256))")
    }
    let folder = try isResumed ? RunFolder(resuming: spec.execution.output ?? "") : RunFolder(spec.execution.output)
    var recorder: RunFolderRecorder?
    do {
      let opened = try RunFolderRecorder(
        definition, in: folder, observer: observer, hyperparameters: hyperparameters)
      recorder = opened
      if isResumed { try checkRest(of: definition, in: folder) }
      var record = try RunRecord(definition, tare: Version.text, commandLine: CommandLine.arguments)
      if isResumed { record.started = try folder.readRecord().started }
      record.dataFiles = try files.map(JSONValue.init(encoding:))
      try folder.write(record)
      self.folder = folder.path
      return try lead(definition, in: folder, recorder: opened, notices: notices, observer: observer, record: &record)
    } catch {
      if recorder?.hasBegun != true, !isResumed {
        folder.discard()
        self.folder = nil
      }
      throw error
    }
  }

  /// Refuses to resume a run that is done.
  private func checkRest(of definition: RunDefinition, in folder: RunFolder) throws {
    let kept = try CheckpointStore(runFolder: folder.path).steps
    guard try folder.readRecord().status == .done, kept.contains(definition.steps) else { return }
    throw SpecError(
      field: "steps",
      "run \(folder.path) is done at step \(definition.steps); accepted: --steps or --epochs beyond that, to train on.")
  }

  /// The coordinator of the run, and the launcher of its servers and workers.
  ///
  /// - Parameter folder: gets `join.json`, if others may join.
  package func makeCoordinator(
    of definition: RunDefinition, recorder: any RunRecorder, notices: Mailbox<CoordinatorRole.Notice>,
    observer: any RunObserver, log: LogFile, in folder: RunFolder? = nil
  ) throws -> (CoordinatorRole, any Launcher) {
    let session = UInt64.random(in: 1...UInt64.max)
    let context = try Context()
    let endpoint = try spec.coordinatorEndpoint(scratch: scratch, session: session)
    let role = try CoordinatorRole(
      definition, on: endpoint, in: context, session: session, recorder: recorder, notices: notices,
      log: Logger(label: "coordinator") { RunLog(label: $0, descriptor: log.descriptor) })
    if let folder, spec.execution.launcher != .threads {
      try JoinFile(endpoint: role.endpoint, session: session).write(to: folder)
    }
    let launcher = makeLauncher(
      joining: role.endpoint, session: session, context: context, observer: observer, log: log)
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
    defer { unlinkInvitation(of: folder) }
    do {
      // Role and launcher know the descriptor only.
      try withExtendedLifetime(log) { try role.run(launcher) }
      let result = try recorder.close()
      try recorder.end(.success)
      try finish(&record, .done, result, in: folder)
      return result
    } catch {
      // A record that cannot be written must not hide why the run ended.
      if recorder.hasBegun {
        let status = RunStatus(role.outcome)
        // An interrupted run can be resumed.
        if status != .interrupted { try? recorder.end(.failure) }
        try? finish(&record, status, nil, cause: "\(RunError(error))", in: folder)
      }
      throw error
    }
  }

  /// The run's definition, and the checksums of the data files, which only the coordinator computes. Embedded images are
  /// not generated.
  private func define() throws -> (RunDefinition, [FileRecord]?) {
    let request = DatasetRequest(spec.dataset)
    // With members in processes, this process needs the images only briefly.
    let datasets = spec.execution.launcher == .threads ? inputs.datasets : DatasetCache()
    let isEmbedded = spec.dataset.name.isEmbedded
    let images = try isEmbedded ? DatasetSummary(request) : DatasetSummary(datasets.dataset(request))
    let definition = try RunDefinition(spec: spec, images: images)
    // Fail before launching if the servers could not read the rates.
    _ = try definition.followedRates()
    // Must precede the first call of oneDNN, which fixes its instruction set.
    try definition.selectInstructionSet()
    return (definition, try isEmbedded ? nil : datasets.verify(request))
  }

  private func finish(
    _ record: inout RunRecord, _ status: RunStatus, _ result: RunResult?, cause: String? = nil,
    in folder: RunFolder
  ) throws {
    record.status = status
    record.ended = Date()
    record.cause = cause
    record.result = try result.map(JSONValue.init(encoding:))
    try folder.write(record)
  }

  private func unlinkInvitation(of folder: RunFolder) { unsafe unlink(folder.invitation) }
}
