package import Coordination
package import Parameters

extension CheckpointManifest {
  /// A test evaluation before the checkpoint.
  package struct Evaluation: Codable, Hashable, Sendable {
    package var version: Int
    package var lossSum: Double
    package var correct: Int
    package var samples: Int

    package init(version: Int, _ tally: Tally) {
      self.version = version
      (lossSum, correct, samples) = (tally.lossSum, tally.correct, tally.samples)
    }

    package var tally: Tally { Tally(lossSum: lossSum, correct: correct, samples: samples) }
  }

  /// The open logging window of the network.
  package struct Window: Codable, Hashable, Sendable {
    package var lossSum: Double
    package var correct: Int
    package var samples: Int
    /// Number of updates in it.
    package var steps: Int
    /// Of an asynchronous run.
    package var staleness: Staleness?

    package init(_ tally: Tally = Tally(), steps: Int = 0) {
      (lossSum, correct, samples) = (tally.lossSum, tally.correct, tally.samples)
      staleness = tally.staleness.isEmpty ? nil : tally.staleness
      self.steps = steps
    }

    package var tally: Tally {
      var tally = Tally(lossSum: lossSum, correct: correct, samples: samples)
      tally.staleness = staleness ?? Staleness()
      return tally
    }
  }

  package typealias Event = RunEvent

  /// One file of the checkpoint.
  package struct File: Codable, Hashable, Sendable {
    /// The logical name, such as `weights.safetensors`.
    package var name: String
    /// Its name in the folder; differs from `name` if an older checkpoint of the same step was using that.
    package var storedAs: String
    package var byteCount: Int
    package var sha256: String
  }
}

extension ElementType {
  /// The `dtype` of the format.
  package var safeTensorsName: String { self == .float32 ? "F32" : "F64" }
}
