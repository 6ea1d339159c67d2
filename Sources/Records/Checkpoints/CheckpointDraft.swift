import Foundation
import OpenSSL
import Parameters

/// A checkpoint that is being written: its first files come byte after byte, so that nobody holds them whole, the others at the
/// end; the manifest then makes it a checkpoint. Without that, nothing of it stays.
///
/// Confined to one thread.
package final class CheckpointDraft {
  /// A file before its tensors' bytes, which follow in the order of their names.
  package struct File: Sendable {
    let name: String
    let tensors: [TensorHeading]
    let metadata: [String: String]

    /// - Parameter name: unique, and ends in `.safetensors`.
    package init(_ name: String, _ tensors: [TensorHeading], metadata: [String: String]) {
      self.name = name
      self.tensors = tensors.sorted { $0.precedes($1) }
      self.metadata = metadata
    }
  }

  private let store: CheckpointStore
  private let step: CheckpointFolder
  /// What an older checkpoint of the same step consists of.
  private let older: Set<String>
  private var unsynced: [String]
  private var awaited: [File]
  private var current: (file: HashedFile, name: String, storedAs: String, rest: Int)?
  private var files: [CheckpointManifest.File] = []
  private var isOver = false

  /// Begins a checkpoint, which replaces one of the same step.
  ///
  /// - Parameter files: those whose bytes `append` takes, in this order.
  package init(of step: Int, in store: CheckpointStore, beginningWith files: [File]) throws(RecordError) {
    self.store = store
    self.step = CheckpointFolder(step, in: store.folder)
    awaited = files
    older = Set(self.step.isCommitted ? (try? self.step.manifest())?.files.map(\.storedAs) ?? [] : [])
    unsynced = [self.step.path, store.folder]
    do throws(RecordError) {
      store.beforeWriteStep("make folder")
      if try CheckpointStore.makeFolder(store.folder) { unsynced.append(String.folder(ofFile: store.folder)) }
      try store.removeLeftovers(except: step)
      _ = try CheckpointStore.makeFolder(self.step.path)
      try self.step.sweep(keeping: older)
      try beginNext()
    } catch {
      discard()
      throw error
    }
  }

  deinit { discard() }

  /// Goes on with the tensors' bytes.
  ///
  /// - Throws: `RecordError`; nothing of the draft stays.
  package func append(_ bytes: UnsafeRawBufferPointer) throws(RecordError) {
    do throws(RecordError) {
      var left = unsafe bytes[...]
      while unsafe !left.isEmpty {
        guard let (file, _, _, rest) = current else { preconditionFailure("no more bytes than the tensors have") }
        let part = unsafe left.prefix(rest)
        try unsafe file.write(UnsafeRawBufferPointer(rebasing: part))
        unsafe left = left.dropFirst(part.count)
        current?.rest -= unsafe part.count
        try finishIfComplete()
      }
    } catch {
      discard()
      throw error
    }
  }

  /// Makes the draft a checkpoint; durable on return.
  ///
  /// - Parameters: as of `CheckpointStore.write`; `others` are the files that `append` has not written.
  /// - Precondition: `append` has had all bytes.
  package func commit(
    _ manifest: CheckpointManifest, adding others: [(name: String, tensors: [NamedTensor], metadata: [String: String])],
    linking links: [String: String] = [:], relyingOn paths: [String] = []
  ) throws(RecordError) {
    precondition(!isOver && current == nil && awaited.isEmpty, "a draft is committed once, and whole")
    do throws(RecordError) {
      for (name, tensors, metadata) in others { try add(name, tensors, metadata) }
      for file in files {
        guard let path = links[file.name] else { continue }
        let stored = step.path(of: file.storedAs)
        if try !CheckpointStore.link(stored, to: path) { try AtomicFile.copy(stored, to: path) }
        unsynced.append(String.folder(ofFile: path))
      }
      var manifest = manifest
      manifest.files = files
      store.beforeWriteStep("write manifest")
      let file = try AtomicFile(step.manifestPath)
      try file.write(manifest.encoded(for: step.manifestPath))
      store.beforeWriteStep("commit")
      try file.commit(relyingOn: unsynced + paths)
    } catch {
      discard()
      throw error
    }
    isOver = true
    store.beforeWriteStep("sweep")
    try step.sweep(keeping: Set(files.map(\.storedAs)))
    store.beforeWriteStep("done")
  }

  private func add(_ name: String, _ tensors: [NamedTensor], _ metadata: [String: String]) throws(RecordError) {
    let storedAs = freeName(name)
    store.beforeWriteStep("write \(name)")
    let file = try HashedFile(step.path(of: storedAs))
    try unsafe SafeTensors.encode(tensors, metadata: metadata) { (bytes: UnsafeRawBufferPointer) throws(RecordError) in
      try unsafe file.write(bytes)
    }
    note(file, name, storedAs)
  }

  private func beginNext() throws(RecordError) {
    guard !awaited.isEmpty else { return }
    let next = awaited.removeFirst()
    let storedAs = freeName(next.name)
    store.beforeWriteStep("write \(next.name)")
    let file = try HashedFile(step.path(of: storedAs))
    try file.write(SafeTensors.header(next.tensors, metadata: next.metadata))
    current = (file, next.name, storedAs, next.tensors.reduce(0) { $0 + $1.byteCount })
    try finishIfComplete()
  }

  private func finishIfComplete() throws(RecordError) {
    guard let (file, name, storedAs, rest) = current, rest == 0 else { return }
    note(file, name, storedAs)
    current = nil
    try beginNext()
  }

  private func note(_ file: HashedFile, _ name: String, _ storedAs: String) {
    files.append(.init(name: name, storedAs: storedAs, byteCount: file.byteCount, sha256: file.sha256))
    unsynced.append(step.path(of: storedAs))
  }

  /// `name`, or a numbered variant if an older checkpoint uses it; that one is kept until the new one is complete.
  private func freeName(_ name: String) -> String {
    guard older.contains(name) else { return name }
    let stem = name.hasSuffix(".safetensors") ? String(name.dropLast(".safetensors".count)) : name
    return (2...(older.count + 2)).lazy.map { "\(stem)-\($0).safetensors" }.first { !self.older.contains($0) } ?? name
  }

  /// Leaves what was there before.
  private func discard() {
    guard !isOver else { return }
    isOver = true
    current = nil
    // The new manifest may be in place already, though its folder could not be synced.
    let named = Set((try? step.manifest())?.files.map(\.storedAs) ?? [])
    try? step.isCommitted ? step.sweep(keeping: older.union(named)) : step.remove()
  }
}

/// A file whose bytes are hashed while they are written, instead of reading them back.
private final class HashedFile {
  private let file: OutputFile
  private var hash = SHA256()
  private(set) var byteCount = 0

  init(_ path: String) throws(RecordError) { file = try OutputFile(path, flags: O_CREAT | O_TRUNC) }

  func write(_ bytes: UnsafeRawBufferPointer) throws(RecordError) {
    unsafe hash.update(bytes)
    byteCount += bytes.count
    try unsafe file.write(bytes)
  }

  func write(_ bytes: [UInt8]) throws(RecordError) {
    hash.update(bytes)
    byteCount += bytes.count
    try file.write(bytes)
  }

  var sha256: String { hash.digestSoFar().hexadecimal }
}
