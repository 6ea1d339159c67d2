import Coordination
import Datasets
import Foundation
import Launching
import Records
import Roles
import Transport

/// A run as `tare train` makes it, on real processes, whose records are thrown away.
struct MeasuredRun {
  let spec: RunSpec

  func run(observer: any RunObserver) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "tare-bench-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }  // nothing in it is of use
    let scratch = spec.needsScratchFolder ? try ScratchFolder() : nil
    defer { scratch?.remove() }
    let definition = try RunDefinition(spec: spec, images: DatasetSummary(DatasetRequest(spec.dataset)))
    let records = try RunFolder(folder.path)
    let log = try LogFile(records.log)
    let (role, launcher) = try TrainingRun(spec: spec).makeCoordinator(
      of: definition, book: RunBook(definition, in: records), scratch: scratch, notices: Mailbox(),
      observer: observer, log: log)
    // Role and launcher know the descriptor only.
    _ = try withExtendedLifetime(log) { try role.run(launcher) }
  }
}
