import Foundation

/// One folder `checkpoints/step-N`. It is a checkpoint when it has a manifest.
struct CheckpointFolder {
  let path: String

  init(_ step: Int, in folder: String) { path = "\(folder)/\(Self.prefix)\(step)" }

  private static let prefix = "step-"

  /// The step whose checkpoint a folder of this name holds; `nil` for every other name.
  static func step(of name: String) -> Int? {
    guard name.hasPrefix(prefix), let step = Int(name.dropFirst(prefix.count)), step >= 0 else { return nil }
    return name == "\(prefix)\(step)" ? step : nil
  }

  var manifestPath: String { path + "/manifest.json" }

  func path(of file: String) -> String { "\(path)/\(file)" }

  var isCommitted: Bool { unsafe access(manifestPath, F_OK) == 0 }

  /// - Throws: `RecordError` with `.system` if it cannot be read, `.content` if it is damaged.
  func manifest() throws(RecordError) -> CheckpointManifest {
    try CheckpointManifest(decoding: Array(Self.content(of: manifestPath)), from: manifestPath)
  }

  /// Removes everything in the folder except the manifest and the files named in `kept`.
  func sweep(keeping kept: Set<String>) throws(RecordError) {
    for name in try Self.names(in: path) where name != "manifest.json" && !kept.contains(name) {
      if unsafe unlink(path(of: name)) == 0 || errno == ENOENT { continue }
      // A folder in place of a file does not belong to the checkpoint either.
      guard errno == EISDIR, (try? FileManager.default.removeItem(atPath: path(of: name))) != nil else {
        throw .system("remove", path(of: name))
      }
    }
  }

  /// Removes the checkpoint, the manifest first, so that the remains are never read as a checkpoint.
  func remove() throws(RecordError) {
    guard unsafe unlink(manifestPath) == 0 || errno == ENOENT else { throw .system("remove", manifestPath) }
    try DiskSync.synchronize([path])
    try sweep(keeping: [])
    guard unsafe rmdir(path) == 0 || errno == ENOENT else { throw .system("remove", path) }
  }

  /// Read, not mapped: an I/O error on a mapping kills the process instead of failing the call.
  static func content(of path: String) throws(RecordError) -> Data {
    do { return try Data(contentsOf: URL(fileURLWithPath: path)) } catch {
      throw RecordError(.system(EIO), "Cannot read \(path): \(error.localizedDescription)")
    }
  }

  /// Empty if there is no such folder.
  static func names(in path: String) throws(RecordError) -> [String] {
    guard unsafe access(path, F_OK) == 0 else { return [] }
    do { return try FileManager.default.contentsOfDirectory(atPath: path) } catch {
      throw RecordError(.system(EIO), "Cannot list \(path): \(error.localizedDescription)")
    }
  }
}
