/// A checkpoint that was read: everything the manifest names is there and has the bytes that it names.
package struct Checkpoint: Sendable {
  package let manifest: CheckpointManifest
  /// By `CheckpointManifest.File.name`.
  package let files: [String: SafeTensorsFile]
  /// The checkpoint's folder, for messages.
  package let path: String
}
