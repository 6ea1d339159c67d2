import Coordination
import Foundation
package import Records
package import RunDefinition
import Specification

/// What a resume reads is bound to the checkpoints.
extension RunFolderRecorder {
  /// Of the newest checkpoint with a whole manifest; `nil` if there is none.
  package func newestManifest() throws -> CheckpointManifest? {
    try store.steps.reversed().lazy.compactMap { [store] in try? store.manifest(step: $0) }.first
  }

  /// Compares the run with a checkpoint, and notes what differs and may.
  ///
  /// - Throws: `IdentityError` for the first thing that differs and may not.
  package func check(_ manifest: CheckpointManifest) throws {
    try checkIdentity(of: manifest)
    try checkMetrics(manifest, path(of: manifest))
  }

  private func path(of manifest: CheckpointManifest) -> String {
    "checkpoint \(folder.path)/checkpoints/step-\(manifest.step)"
  }

  /// The same without the records, which only this process changes once it has compared them.
  func checkIdentity(of manifest: CheckpointManifest) throws {
    let path = path(of: manifest)
    if let coded = manifest.identity {
      guard let recorded = try? coded.decoded(as: RunIdentity.self) else {
        throw IdentityError("The identity in \(path) is none that this version of tare can read.")
      }
      for difference in identity.differences(from: recorded, at: path) { try note(difference, since: manifest.step) }
    } else {
      try checkHash(of: manifest, path)
    }
  }

  /// Compares the weights that the run began with with what its checkpoints say of them.
  package func checkInitialWeights(_ newest: CheckpointManifest?) throws {
    if try store.steps.contains(0) {
      // Nothing reads it again, so it keeps no run from going on.
      do { _ = try store.read(step: 0) } catch { observer.warned("the checkpoint of step 0 cannot be used: \(error)") }
    }
    let first = try? store.manifest(step: 0)
    guard let recorded = first?.weightsSHA256 ?? newest?.initialWeightsSHA256,
      FileManager.default.fileExists(atPath: folder.initialWeights)
    else { return }
    let present = try WeightsHash.sha256(of: SafeTensorsFile(folder.initialWeights))
    guard present != recorded else { return }
    throw IdentityError(
      "\(folder.initialWeights) has other weights (SHA-256 \(present.prefix(12))) than the run began with "
        + "(\(recorded.prefix(12))); accepted: the file as the run left it, or none.")
  }

  /// Notes what differs and may.
  package func note(_ difference: IdentityError, since step: Int) throws {
    guard !difference.allowance.isEmpty, allowances.isSuperset(of: difference.allowance) else { throw difference }
    guard !changes.contains(difference.description) else { return }
    changes.append(difference.description)
    happened(RunEvent(.changeAllowed, seconds: 0, step: step, what: "allowed: \(difference.description)"))
  }

  /// A checkpoint of an earlier version names the hash of its spec only; its length may have been another.
  private func checkHash(of manifest: CheckpointManifest, _ path: String) throws {
    var shorter = definition.spec
    (shorter.steps, shorter.epochs) = (manifest.steps, nil)
    let candidates = [definition.specHash, shorter.specHash]
    guard !candidates.contains(manifest.specHash), manifest.steps == definition.steps else { return }
    throw IdentityError(
      "run.json holds run \(definition.specHash.prefix(12)), but \(path) was written by run "
        + "\(manifest.specHash.prefix(12)); accepted: run.json as the run left it.")
  }

  private func checkMetrics(_ manifest: CheckpointManifest, _ path: String) throws {
    let least = MetricsFile.header.utf8.count
    guard (least...max(least, metrics.cursor)).contains(manifest.metricsCursor) else {
      throw IdentityError(
        "\(folder.metrics) has \(metrics.cursor) bytes, but \(path) was written when it had \(manifest.metricsCursor); "
          + "accepted: the file as the run left it.")
    }
    guard let recorded = manifest.metricsSHA256 else { return }
    // A resume has compared them just before it reads the checkpoint.
    if !hasBegun, let compared = comparedRows, compared == (manifest.metricsCursor, recorded) { return }
    let present = try FileHash(of: folder.metrics, first: manifest.metricsCursor).sha256
    guard present == recorded else {
      throw IdentityError(
        "\(folder.metrics) has other rows up to step \(manifest.step) (SHA-256 \(present.prefix(12))) than when \(path) "
          + "was written (\(recorded.prefix(12))); accepted: the file as the run left it.")
    }
    comparedRows = (manifest.metricsCursor, recorded)
  }
}
