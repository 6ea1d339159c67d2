/// A checkpoint that can be read: all files named by the manifest exist and match their hashes.
package struct Checkpoint: Sendable {
  package let manifest: CheckpointManifest
  /// By `CheckpointManifest.File.name`.
  package let files: [String: StoredTensors]
  /// The checkpoint's folder, for messages.
  package let path: String
}
