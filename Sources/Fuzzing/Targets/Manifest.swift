import Coordination
import Parameters
import Records

extension FuzzTarget {
  /// Manifests of checkpoints. Their hash keeps most mutants from reaching the later checks; the seeds do reach them.
  static let manifest = FuzzTarget(
    "manifest",
    seeds: [
      CheckpointManifest(
        step: 40, generation: 3, specHash: "c0ffee", steps: 100, batch: 128, elementType: .float32, servers: 2,
        weightsSHA256: String(repeating: "a", count: 64), metricsCursor: 4711, ratesSteps: 40,
        evaluations: [.init(version: 40, .init(lossSum: .infinity, correct: 3, samples: 500))],
        window: .init(.init(lossSum: 0.1, correct: 1, samples: 128), steps: 1),
        events: [.init(.lost, of: Member(.worker, 1), seconds: 1.5, step: 20, what: "worker 1 lost: signal 9")])
    ].compactMap { try? $0.encoded(for: "seed") },
    words: ["manifestSHA256", "samplesUsed", "storedAs", "\"inf\"", "9223372036854775807", "-1", "null", "[["],
    hostile: {
      [
        ("deep arrays", Array((#"{"files":"# + String(repeating: "[", count: 1 << 20)).utf8)),
        ("deep objects", Array(String(repeating: #"{"window":"#, count: 1 << 17).utf8)),
      ]
    }
  ) { bytes in (try? CheckpointManifest(decoding: bytes, from: "input")) != nil }
}
