/// A checkpoint as it was read: all files named by the manifest exist and match their hashes.
package struct Checkpoint: Sendable {
  package let manifest: CheckpointManifest
  /// By `CheckpointManifest.File.name`.
  package let files: [String: SafeTensorsFile]
  /// The checkpoint's folder, for messages.
  package let path: String
}
