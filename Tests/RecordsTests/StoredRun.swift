import Coordination
import Foundation
import Parameters
import Records
import TestSupport

/// A run's folder with checkpoints of small tensors, whose numbers tell the step and the generation.
struct StoredRun {
  let folder: TemporaryFolder
  var store: CheckpointStore

  init() throws {
    folder = try TemporaryFolder()
    store = CheckpointStore(runFolder: folder.path)
  }

  static func manifest(_ step: Int, generation: UInt64 = 1) -> CheckpointManifest {
    CheckpointManifest(
      step: step, generation: generation, specHash: "5bec", steps: 100, batch: 32, elementType: .float32, servers: 2,
      weightsSHA256: "beef", metricsCursor: 77, ratesSteps: 3,
      evaluations: [.init(version: 1, Tally(lossSum: 0.1 + 0.2, correct: 3, samples: 10))],
      window: .init(Tally(lossSum: 1 / 3, correct: 1, samples: 2), steps: 1),
      events: [.init(.lost, seconds: 1.5, step: 2, what: "worker 1 died: \"/dev/null\"")])
  }

  func write(
    _ step: Int, generation: UInt64 = 1, linking links: [String: String] = [:], relyingOn others: [String] = []
  ) throws(RecordError) {
    let weights = (0..<6).map { Float(step) + Float(generation) / 8 + Float($0) / 1024 }
    let metrics = [Double(step) + 0.1, .infinity, -0.0]
    var failure: RecordError?
    unsafe weights.withUnsafeBytes { weights in
      unsafe metrics.withUnsafeBytes { metrics in
        do throws(RecordError) {
          try store.write(
            Self.manifest(step, generation: generation),
            files: [
              (
                "weights.safetensors", [unsafe NamedTensor("a.weight", .float32, [2, 3], bytes: weights)],
                ["step": "\(step)"]
              ), ("metrics.safetensors", [unsafe NamedTensor("a.weight", .float64, [3], bytes: metrics)], [:]),
            ], linking: links, relyingOn: others)
        } catch { failure = error }
      }
    }
    if let failure { throw failure }
  }

  /// The generation whose numbers lie in the checkpoint of `step`.
  static func generation(in checkpoint: Checkpoint) -> Float? {
    guard let file = try? checkpoint.files["weights.safetensors"]?.loaded(), let entry = file.entry(named: "a.weight")
    else {
      return nil
    }
    return (file.elements(of: entry)[0] - Float(checkpoint.manifest.step)) * 8
  }

  /// The files of all checkpoints, relative to the run's folder, sorted.
  static func files(in folder: String) throws -> [String] {
    try FileManager.default.subpathsOfDirectory(atPath: folder).filter {
      var isFolder: ObjCBool = false
      return unsafe FileManager.default.fileExists(atPath: "\(folder)/\($0)", isDirectory: &isFolder)
        && !isFolder.boolValue
    }.sorted()
  }

  var files: [String] { get throws { try Self.files(in: folder.path) } }
}
