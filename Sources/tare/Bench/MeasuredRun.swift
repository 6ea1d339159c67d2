import Coordination
import Datasets
import Launching
import Records
import Roles
import Transport

/// A run as `tare train` makes it, on real processes over ipc, whose records are thrown away.
struct MeasuredRun {
  let spec: RunSpec

  func run(observer: any RunObserver) throws {
    // Its children remove the folder even if we are killed.
    let scratch = try ScratchFolder()
    defer { scratch.remove() }
    let definition = try RunDefinition(spec: spec, images: DatasetSummary(DatasetRequest(spec.dataset)))
    let records = try RunFolder(scratch.path + "/records")
    let log = try LogFile(records.log)
    let (role, launcher) = try TrainingRun(spec: spec).makeCoordinator(
      of: definition, book: RunBook(definition, in: records), scratch: scratch, notices: Mailbox(),
      observer: observer, log: log)
    // Role and launcher know the descriptor only.
    _ = try withExtendedLifetime(log) { try role.run(launcher) }
  }
}
