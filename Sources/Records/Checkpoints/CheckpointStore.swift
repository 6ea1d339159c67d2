import Foundation
import OpenSSL
import Parameters

/// The checkpoints of one run, `checkpoints/step-N` in its folder: safetensors files, and a manifest that names them with
/// their hashes.
///
/// A manifest's appearance is the commit, and only files that it names are read. So a writer that stops anywhere leaves
/// the older checkpoint or the newer one, whole. One writer at a time: the holder of the run's lock.
package struct CheckpointStore: Sendable {
  let folder: String

  package init(runFolder: String) { folder = runFolder + "/checkpoints" }

  /// Called before each step of the write protocol, with its name; for tests, which look at what would be left.
  package var beforeWriteStep: @Sendable (_ step: String) -> Void = { _ in }

  /// The steps that have a checkpoint, ascending, whether it can be read or not.
  package var steps: [Int] {
    get throws(RecordError) {
      try folders().filter { CheckpointFolder($0, in: folder).isCommitted }
    }
  }

  /// The steps that have a folder, ascending.
  func folders() throws(RecordError) -> [Int] {
    try CheckpointFolder.names(in: folder).compactMap(CheckpointFolder.step).sorted()
  }

  /// The checkpoint of `step`, after every byte of it was compared with its hash.
  ///
  /// - Throws: `RecordError` that names the file: `.content` for one that is not what the manifest says, `.system` for one
  ///   that is missing or cannot be read.
  package func read(step: Int) throws(RecordError) -> Checkpoint {
    let folder = CheckpointFolder(step, in: folder)
    let manifest = try folder.manifest()
    guard manifest.step == step else {
      throw RecordError(.content, "Checkpoint manifest \(folder.manifestPath) is of step \(manifest.step).")
    }
    var files: [String: SafeTensorsFile] = [:]
    for file in manifest.files {
      let path = folder.path(of: file.storedAs)
      let bytes = try CheckpointFolder.content(of: path)
      guard bytes.count == file.byteCount else {
        throw RecordError(
          .content, "Checkpoint file \(path) has \(bytes.count) bytes; its manifest names \(file.byteCount).")
      }
      guard SHA256.hash(bytes).hexadecimal == file.sha256 else {
        throw RecordError(.content, "Checkpoint file \(path) is damaged: its SHA-256 is not that of its manifest.")
      }
      files[file.name] = try SafeTensorsFile(decoding: bytes, named: path)
    }
    return Checkpoint(manifest: manifest, files: files, path: folder.path)
  }

  /// The manifest of `step`, which is whole; its files are not looked at.
  package func manifest(step: Int) throws(RecordError) -> CheckpointManifest {
    try CheckpointFolder(step, in: folder).manifest()
  }

  /// The newest checkpoint that is whole; `nil` if there is none.
  ///
  /// - Parameters:
  ///   - limit: checkpoints of later steps are passed over.
  ///   - onBad: learns of each one that is skipped because it cannot be used.
  package func newest(
    atMost limit: Int = .max, onBad: (_ step: Int, RecordError) -> Void = { _, _ in }
  ) throws(RecordError) -> Checkpoint? {
    for step in try steps.reversed() where step <= limit {
      do throws(RecordError) { return try read(step: step) } catch { onBad(step, error) }
    }
    return nil
  }
}
