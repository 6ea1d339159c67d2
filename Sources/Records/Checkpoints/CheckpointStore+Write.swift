import Foundation
import OpenSSL
import Parameters

extension CheckpointStore {
  /// Stores a checkpoint, replacing one of the same step; durable on return.
  ///
  /// - Parameters:
  ///   - manifest: of the checkpoint; its `files` are filled in here.
  ///   - files: names are unique, and end in `.safetensors`.
  /// - Throws: `RecordError`; the existing checkpoints are then unchanged.
  package func write(
    _ manifest: CheckpointManifest, files: [(name: String, tensors: [NamedTensor], metadata: [String: String])]
  ) throws(RecordError) {
    let step = CheckpointFolder(manifest.step, in: folder)
    let older = Set((try? step.manifest())?.files.map(\.storedAs) ?? [])
    beforeWriteStep("make folder")
    try Self.makeFolder(folder)
    try removeLeftovers(except: manifest.step)
    try Self.makeFolder(step.path)
    try step.sweep(keeping: older)
    var manifest = manifest
    do throws(RecordError) {
      manifest.files = []
      for (name, tensors, metadata) in files {
        let storedAs = Self.free(name, beside: older)
        beforeWriteStep("write \(name)")
        manifest.files.append(try Self.store(tensors, metadata, as: name, storedAs, in: step))
      }
      beforeWriteStep("sync folder")
      try AtomicFile.synchronizeFolder(step.path)
      try AtomicFile.synchronizeFolder(folder)
      beforeWriteStep("write manifest")
      try AtomicFile.write(manifest.encoded(for: step.manifestPath), to: step.manifestPath)
    } catch {
      // The new manifest may be in place already, though its folder could not be synced.
      let named = Set((try? step.manifest())?.files.map(\.storedAs) ?? [])
      try? step.isCommitted ? step.sweep(keeping: older.union(named)) : step.remove()
      throw error
    }
    beforeWriteStep("sweep")
    try step.sweep(keeping: Set(manifest.files.map(\.storedAs)))
    beforeWriteStep("done")
  }

  /// Removes what an interrupted write or prune left behind.
  func removeLeftovers(except step: Int?) throws(RecordError) {
    for left in try folders() where left != step {
      let folder = CheckpointFolder(left, in: folder)
      if !folder.isCommitted { try folder.remove() }
    }
  }

  /// Writes one file and hashes the bytes while writing them, instead of reading them back.
  private static func store(
    _ tensors: [NamedTensor], _ metadata: [String: String], as name: String, _ storedAs: String,
    in folder: CheckpointFolder
  ) throws(RecordError) -> CheckpointManifest.File {
    let file = try OutputFile(folder.path(of: storedAs), flags: O_CREAT | O_TRUNC)
    var hash = SHA256()
    var byteCount = 0
    try unsafe SafeTensors.encode(tensors, metadata: metadata) { (bytes: UnsafeRawBufferPointer) throws(RecordError) in
      unsafe hash.update(bytes)
      byteCount += bytes.count
      try unsafe file.write(bytes)
    }
    try file.synchronize()
    return .init(name: name, storedAs: storedAs, byteCount: byteCount, sha256: hash.finalize().hexadecimal)
  }

  /// `name`, or a numbered variant if an older checkpoint uses it; that one is kept until the new one is complete.
  private static func free(_ name: String, beside older: Set<String>) -> String {
    guard older.contains(name) else { return name }
    let stem = name.hasSuffix(".safetensors") ? String(name.dropLast(".safetensors".count)) : name
    return (2...(older.count + 2)).lazy.map { "\(stem)-\($0).safetensors" }.first { !older.contains($0) } ?? name
  }

  private static func makeFolder(_ path: String) throws(RecordError) {
    guard unsafe mkdir(path, 0o755) == 0 || errno == EEXIST else { throw .system("make folder", path) }
  }
}
