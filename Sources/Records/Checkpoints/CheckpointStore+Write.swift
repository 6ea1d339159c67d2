import Foundation

extension CheckpointStore {
  /// Stores a checkpoint, replacing one of the same step; durable on return.
  ///
  /// - Parameters:
  ///   - manifest: of the checkpoint; its `files` are filled in here.
  ///   - files: names are unique, and end in `.safetensors`.
  ///   - links: paths that some of the files, by name, get as well.
  ///   - others: files and folders that the manifest relies on: they are on the disk before the checkpoint is there.
  /// - Throws: `RecordError`; the existing checkpoints are then unchanged.
  package func write(
    _ manifest: CheckpointManifest, files: [(name: String, tensors: [NamedTensor], metadata: [String: String])],
    linking links: [String: String] = [:], relyingOn others: [String] = []
  ) throws(RecordError) {
    let draft = try CheckpointDraft(of: manifest.step, in: self, beginningWith: [])
    try draft.commit(manifest, adding: files, linking: links, relyingOn: others)
  }

  /// Removes what an interrupted write or prune left behind.
  func removeLeftovers(except step: Int?) throws(RecordError) {
    for left in try folders() where left != step {
      let folder = CheckpointFolder(left, in: folder)
      if !folder.isCommitted { try folder.remove() }
    }
  }

  /// - Returns: whether it was not there.
  static func makeFolder(_ path: String) throws(RecordError) -> Bool {
    if unsafe mkdir(path, 0o755) == 0 { return true }
    guard errno == EEXIST else { throw .system("make folder", path) }
    return false
  }
}
