package import Parameters

/// `manifest.json` of a checkpoint: its identity, its files, and what is needed to continue the run's records from it.
package struct CheckpointManifest: Codable, Hashable, Sendable {
  /// Version of this format; raised when the meaning of a field changes.
  package static let currentFormatVersion = 1

  package var formatVersion = CheckpointManifest.currentFormatVersion
  /// Updates applied to the weights.
  package var step: Int
  /// The generation that wrote it.
  package var generation: UInt64
  package var specHash: String
  /// The length in updates of the run that wrote it.
  package var steps: Int
  /// Samples per step.
  package var batch: Int
  /// step · batch, as training is synchronous.
  package var samplesUsed: Int
  /// Of the weights and the optimizer state, as safetensors names it: F32 or F64.
  package var elementType: String
  /// Number of servers; a resumed run may have another.
  package var servers: Int
  /// As `WeightsHash` computes it.
  package var weightsSHA256: String
  /// Length of `metrics.csv` up to this step, in bytes.
  package var metricsCursor: Int
  /// SHA-256 of those bytes; `nil` in a checkpoint of an earlier version.
  package var metricsSHA256: String?
  /// Length of the event file up to this step, in bytes; `nil` if the run has none.
  package var tensorBoardCursor: Int?
  /// SHA-256 of those bytes.
  package var tensorBoardSHA256: String?
  /// Where the records continue if the run is extended: before the rows that were written only because the run ended.
  /// `nil` if there are no such rows.
  package var beforeEnd: Cursors?
  /// Hash of the weights before the first step, as `WeightsHash` computes it; `nil` in a checkpoint of an earlier
  /// version.
  package var initialWeightsSHA256: String?
  /// What the bits of the run depend on, as `RunIdentity` (RunDefinition) encodes it; `nil` in a checkpoint of an
  /// earlier version.
  package var identity: JSONValue?
  /// Steps in the record of effective rates; 0 if the run does not record them.
  package var ratesSteps: Int
  package var evaluations: [Evaluation]
  package var window: Window
  package var events: [Event]
  /// In the order in which they were written; set by the store.
  package internal(set) var files: [File] = []
  /// SHA-256 of the file with 64 zeros in place of this hash; set by the store.
  package internal(set) var manifestSHA256 = Seal.none

  /// Lengths of the records at one moment, in bytes.
  package struct Cursors: Codable, Hashable, Sendable {
    package var metrics: Int
    package var tensorBoard: Int?
    package var tensorBoardSHA256: String?

    package init(metrics: Int, tensorBoard: Int?, tensorBoardSHA256: String?) {
      (self.metrics, self.tensorBoard, self.tensorBoardSHA256) = (metrics, tensorBoard, tensorBoardSHA256)
    }
  }

  package init(
    step: Int, generation: UInt64, specHash: String, steps: Int, batch: Int, elementType: ElementType, servers: Int,
    weightsSHA256: String, metricsCursor: Int, tensorBoardCursor: Int? = nil, ratesSteps: Int = 0,
    evaluations: [Evaluation] = [], window: Window = Window(), events: [Event] = []
  ) {
    self.step = step
    self.generation = generation
    self.specHash = specHash
    self.steps = steps
    self.batch = batch
    samplesUsed = step * batch
    self.elementType = elementType.safeTensorsName
    self.servers = servers
    self.weightsSHA256 = weightsSHA256
    self.metricsCursor = metricsCursor
    self.tensorBoardCursor = tensorBoardCursor
    self.ratesSteps = ratesSteps
    self.evaluations = evaluations
    self.window = window
    self.events = events
  }
}
