import Foundation

extension RunFolder {
  /// Creates a folder in which the run can continue from its newest complete checkpoint before step `limit`; this
  /// folder is not changed.
  ///
  /// - Parameter path: of a new or empty folder.
  /// - Throws: `RecordError` for a folder in use, a run that a process leads, and files that cannot be copied.
  package func branch(to path: String, before limit: Int) throws(RecordError) -> RunFolder {
    guard !RunLock.isHeld(runFolder: self.path) else {
      throw RecordError(.occupied, "Run \(self.path) is running; it can be branched when it has ended.")
    }
    let branch = try RunFolder(path)
    do throws(RecordError) {
      try Self.copy(record, to: branch.record)
      let store = CheckpointStore(runFolder: self.path)
      if let checkpoint = try store.newest(atMost: limit - 1) {
        try Self.makeFolder(branch.path + "/checkpoints")
        for step in Set([0, checkpoint.manifest.step]).sorted() where (try? store.read(step: step)) != nil {
          try Self.copy(self.path + "/checkpoints/step-\(step)", to: branch.path + "/checkpoints/step-\(step)")
        }
        try Self.copy(metrics, to: branch.metrics)
        for path in [\RunFolder.tensorBoard, \.initialWeights] where Self.exists(self[keyPath: path]) {
          try Self.copy(self[keyPath: path], to: branch[keyPath: path])
        }
      }
    } catch {
      branch.discard()
      throw error
    }
    return branch
  }

  private static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

  private static func makeFolder(_ path: String) throws(RecordError) {
    guard unsafe mkdir(path, 0o755) == 0 else { throw .system("make folder", path) }
  }

  private static func copy(_ path: String, to other: String) throws(RecordError) {
    do { try FileManager.default.copyItem(atPath: path, toPath: other) } catch {
      throw RecordError(.system(EIO), "Cannot copy \(path) to \(other): \(error.localizedDescription)")
    }
  }
}
