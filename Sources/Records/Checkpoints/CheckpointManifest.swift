package import Parameters

/// `manifest.json` of a checkpoint: what it is, which files it consists of, and what the run's records need in order to go
/// on behind it.
package struct CheckpointManifest: Codable, Hashable, Sendable {
  /// Of this file; raised when a field changes its meaning.
  package static let currentFormatVersion = 1

  package var formatVersion = CheckpointManifest.currentFormatVersion
  /// Updates applied to the weights.
  package var step: Int
  /// Of the coordinator and rewind that wrote it.
  package var generation: UInt64
  package var specHash: String
  /// Updates in the run that wrote it.
  package var steps: Int
  /// Samples in a step.
  package var batch: Int
  /// step · batch: the ledger of a synchronous run.
  package var samplesUsed: Int
  /// Of the weights and the rule's memory, as safetensors names it: F32 or F64.
  package var elementType: String
  /// That the run had; another number can take over.
  package var servers: Int
  /// As `WeightsHash` makes it.
  package var weightsSHA256: String
  /// Bytes of `metrics.csv` that belong to the steps up to here.
  package var metricsCursor: Int
  /// Of those bytes; `nil` in a checkpoint of an earlier version.
  package var metricsSHA256: String?
  /// Bytes of the event file that belong to the steps up to here; `nil` if the run keeps none.
  package var tensorBoardCursor: Int?
  /// Of those bytes.
  package var tensorBoardSHA256: String?
  /// Where the records of a run that goes on beyond its last step begin: before the rows that are there only because the
  /// run ended. `nil` where there are none.
  package var beforeEnd: Cursors?
  /// Of the weights before the first step, as `WeightsHash` makes it; `nil` in a checkpoint of an earlier version.
  package var initialWeightsSHA256: String?
  /// What the bits of the run depend on, as `RunIdentity` (RunDefinition) codes it; `nil` in a checkpoint of an earlier
  /// version.
  package var identity: JSONValue?
  /// Steps in the record of effective rates; 0 if the run keeps none.
  package var ratesSteps: Int
  package var evaluations: [Evaluation]
  package var window: Window
  package var events: [Event]
  /// In the order they were written; the store fills this in.
  package internal(set) var files: [File] = []
  /// Over the file's bytes with 64 zeros in place of this hash; the store fills it in.
  package internal(set) var manifestSHA256 = Seal.none

  /// Bytes of the records up to one moment.
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
