import Datasets
import Launching
import Records
import Roles
import RunDefinition
import Specification
import Training
import Transport

/// A run as `tare train` makes it, on real processes over ipc, whose records are thrown away.
struct MeasuredRun {
  let spec: RunSpec
  private let notices: Mailbox<CoordinatorRole.Notice>

  /// - Parameter notices: where a signal can be posted, to end the run.
  init(spec: RunSpec, notices: Mailbox<CoordinatorRole.Notice>? = nil) throws {
    self.spec = spec
    self.notices = try notices ?? Mailbox()
  }

  func run(observer: any RunObserver) throws {
    // Its children remove the folder even if we are killed.
    let scratch = try ScratchFolder()
    defer { scratch.remove() }
    let definition = try RunDefinition(spec: spec, images: DatasetSummary(DatasetRequest(spec.dataset)))
    let records = try RunFolder(scratch.path + "/records")
    let log = try LogFile(records.log)
    let run = try TrainingRun(spec)
    let (role, launcher) = try run.makeCoordinator(
      of: definition, recorder: RunFolderRecorder(definition, in: records, observer: observer), notices: notices,
      observer: observer, log: log)
    // Role and launcher know the descriptor only.
    try withExtendedLifetime((log, run)) { try role.run(launcher) }
  }
}
