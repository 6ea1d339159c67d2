import Foundation
import OpenSSL
import Parameters

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
    let step = CheckpointFolder(manifest.step, in: folder)
    let older = Set(step.isCommitted ? (try? step.manifest())?.files.map(\.storedAs) ?? [] : [])
    var unsynced = others + [step.path, folder]
    beforeWriteStep("make folder")
    if try Self.makeFolder(folder) { unsynced.append(String.folder(ofFile: folder)) }
    try removeLeftovers(except: manifest.step)
    _ = try Self.makeFolder(step.path)
    try step.sweep(keeping: older)
    var manifest = manifest
    do throws(RecordError) {
      manifest.files = []
      for (name, tensors, metadata) in files {
        let storedAs = Self.free(name, beside: older)
        beforeWriteStep("write \(name)")
        manifest.files.append(try Self.store(tensors, metadata, as: name, storedAs, in: step))
        unsynced.append(step.path(of: storedAs))
        guard let path = links[name] else { continue }
        if try !Self.link(step.path(of: storedAs), to: path) {
          try SafeTensors.write(tensors, metadata: metadata, to: path)
        }
        unsynced.append(String.folder(ofFile: path))
      }
      beforeWriteStep("write manifest")
      let file = try AtomicFile(step.manifestPath)
      try file.write(manifest.encoded(for: step.manifestPath))
      beforeWriteStep("commit")
      try file.commit(relyingOn: unsynced)
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

  /// Writes one file, not yet durable, and hashes the bytes while writing them, instead of reading them back.
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
    return .init(name: name, storedAs: storedAs, byteCount: byteCount, sha256: hash.finalize().hexadecimal)
  }

  /// `name`, or a numbered variant if an older checkpoint uses it; that one is kept until the new one is complete.
  private static func free(_ name: String, beside older: Set<String>) -> String {
    guard older.contains(name) else { return name }
    let stem = name.hasSuffix(".safetensors") ? String(name.dropLast(".safetensors".count)) : name
    return (2...(older.count + 2)).lazy.map { "\(stem)-\($0).safetensors" }.first { !older.contains($0) } ?? name
  }

  /// - Returns: whether it was not there.
  private static func makeFolder(_ path: String) throws(RecordError) -> Bool {
    if unsafe mkdir(path, 0o755) == 0 { return true }
    guard errno == EEXIST else { throw .system("make folder", path) }
    return false
  }
}
