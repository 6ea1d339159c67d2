import Foundation

/// The checkpoints of one run, `checkpoints/step-N` in its folder: safetensors files, and a manifest that names them
/// with their hashes.
///
/// The rename of the manifest into place is the commit, and only files that it names are read. So a writer that is
/// interrupted anywhere leaves a complete checkpoint, the older or the newer one. Only the holder of the run's lock
/// writes.
package struct CheckpointStore: Sendable {
  let folder: String

  package init(runFolder: String) { folder = runFolder + "/checkpoints" }

  /// Called before each step of the write protocol, with its name; tests then inspect what a crash would leave.
  package var beforeWriteStep: @Sendable (_ step: String) -> Void = { _ in }

  /// The steps that have a checkpoint, readable or not, ascending.
  package var steps: [Int] {
    get throws(RecordError) {
      try folders().filter { CheckpointFolder($0, in: folder).isCommitted }
    }
  }

  /// The steps that have a folder, ascending.
  func folders() throws(RecordError) -> [Int] {
    try CheckpointFolder.names(in: folder).compactMap(CheckpointFolder.step).sorted()
  }

  /// The checkpoint of `step`, with the hashes of all files verified.
  ///
  /// - Throws: `RecordError` that names the file: `.content` for one that does not match the manifest, `.system` for
  ///   one that is missing or cannot be read.
  package func read(step: Int) throws(RecordError) -> Checkpoint {
    let folder = CheckpointFolder(step, in: folder)
    let manifest = try folder.manifest()
    guard manifest.step == step else {
      throw RecordError(.content, "Checkpoint manifest \(folder.manifestPath) is of step \(manifest.step).")
    }
    var files: [String: StoredTensors] = [:]
    for file in manifest.files {
      files[file.name] = try StoredTensors(folder.path(of: file.storedAs), as: file)
    }
    return Checkpoint(manifest: manifest, files: files, path: folder.path)
  }

  /// The manifest of `step`, verified; its files are not read.
  package func manifest(step: Int) throws(RecordError) -> CheckpointManifest {
    try CheckpointFolder(step, in: folder).manifest()
  }

  /// The newest complete checkpoint; `nil` if there is none.
  ///
  /// - Parameters:
  ///   - limit: checkpoints of later steps are ignored.
  ///   - onBad: called for each one that is skipped because it cannot be used.
  package func newest(
    atMost limit: Int = .max, onBad: (_ step: Int, RecordError) -> Void = { _, _ in }
  ) throws(RecordError) -> Checkpoint? {
    for step in try steps.reversed() where step <= limit {
      do throws(RecordError) { return try read(step: step) } catch { onBad(step, error) }
    }
    return nil
  }
}
