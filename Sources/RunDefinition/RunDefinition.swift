package import Coordination
package import Datasets
import Foundation
package import NeuralNetwork
import Optimization
package import Parameters
package import Specification

/// A run made definite: the spec, and what the data decide. Every role derives the same structure from it.
package struct RunDefinition: Sendable {
  package let spec: RunSpec
  package let images: DatasetSummary
  /// Which images these are, for those who read them too; `nil` for images that are drawn.
  package let data: DataIdentity?
  package let architecture: Architecture
  /// Updates in the run.
  package let steps: Int
  /// As `RunSpec.specHash`, which takes a moment.
  package let specHash: String

  /// What a step does to each trained parameter.
  let updates: [Parameter: (TensorUpdate, learningRate: Double)]
  /// Of the learning rate.
  let schedule: Schedule
  /// Which server holds what. A tensor whose rule or projection needs a number of the whole layer stays on one server.
  package let shards: ShardMap
  /// Where the numbers of each tensor lie in the servers' reports.
  package let reportLayout: ReportLayout
  /// What the state of all servers consists of.
  let stateLayout: StateLayout
  /// How it gets into a checkpoint's files.
  let stateRoute: StateRoute
  /// Over the microbatches of a step.
  package let tree: ReductionTree
  /// Over the chunks that the test images are cut into, each as large as a microbatch.
  package let chunks: ReductionTree

  /// - Parameter spec: valid and resolved.
  /// - Throws: `SpecError` or `NetworkError` where spec and data do not go together; `RuleError` for numbers that
  ///   `RunSpec.validate` refuses.
  package init(spec: RunSpec, images: DatasetSummary, data: DataIdentity? = nil) throws {
    self.spec = spec
    self.images = images
    self.data = data
    architecture = try Architecture(spec, input: images.shape, classes: images.classNames.count)
    steps = try spec.stepCount(trainingImages: images.trainCount)
    specHash = spec.specHash
    let layout = architecture.layout
    let updates = try spec.updates(of: layout.parameters)
    self.updates = updates
    schedule = try spec.learningRateSchedule(steps: steps)
    // An asynchronous server applies a microbatch as a whole.
    let segmentSize = spec.isAsynchronous ? layout.count...layout.count : nil
    shards = ShardMap(layout: layout, serverCount: spec.execution.servers, segmentSize: segmentSize) {
      updates[$0]?.0.scope == .layer
    }
    reportLayout = ReportLayout(shards)
    stateLayout = StateLayout(
      shards, elementType: spec.precision.elementType,
      stateNames: layout.parameters.map { parameter in
        // What workers hold comes first, of every parameter.
        (spec.wire.sendsDifferences ? ["held"] : []) + (updates[parameter]?.0.rule.stateNames ?? [])
      })
    stateRoute = StateRoute(stateLayout)
    tree = ReductionTree(leafCount: spec.microbatchCount)
    chunks = ReductionTree(leafCount: (images.testCount + spec.microbatch - 1) / spec.microbatch)
  }

  /// About when each segment's gradient is complete, as a part of a microbatch's time.
  package var segmentCompletions: [Double] {
    shards.segments.map { architecture.completion(from: $0.range.lowerBound) }
  }

  /// How gradients and weights travel.
  package var wire: Wire { Wire(spec.wire, seed: UInt64(spec.seed)) }

  package var stepsPerEpoch: Double { Double(images.trainCount) / Double(spec.samplesPerStep) }

  package var evaluations: StepSchedule {
    let every = spec.execution.evaluateEvery
    return every > 0 ? .every(every) : .epochs(images: images.trainCount, batch: spec.samplesPerStep)
  }

  package var checkpoints: StepSchedule {
    let every = spec.execution.checkpointEvery
    return every > 0 ? .every(every) : evaluations
  }

  /// Whether the logging window is reported with the weights of this version: servers send it, and workers measure
  /// squared gradients in the step before.
  package var reportsAfter: @Sendable (_ version: Int) -> Bool {
    { [steps, every = spec.execution.metricsEvery] in $0.isMultiple(of: every) || $0 == steps }
  }

  /// Whether a logging window ends with the weights of this version, however long the run is.
  package var endsWindow: @Sendable (_ version: Int) -> Bool {
    { [every = spec.execution.metricsEvery] in $0.isMultiple(of: every) }
  }

  /// Whether the weights of this version are evaluated, however long the run is.
  package func isEvaluated(_ version: Int) -> Bool { evaluations.next(after: version - 1, steps: .max) == version }

  /// What the seed gives.
  func drawnWeights() -> InitialWeights {
    InitialWeights(layout: architecture.layout, seed: UInt64(spec.seed), scale: spec.initScale)
  }

  /// - Throws: as `givenWeights`.
  package func initialWeights(from cache: InitialWeightsCache? = nil) throws -> InitialWeights {
    InitialWeights(
      layout: architecture.layout, seed: UInt64(spec.seed), scale: spec.initScale, cache: cache,
      given: try givenWeights())
  }
}

extension RunDefinition: Codable {
  private enum Key: String, CodingKey { case spec, images, data }

  /// Bytes from another process: the spec is checked like one that a person wrote.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    let spec = try container.decode(RunSpec.self, forKey: .spec)
    try spec.validate()
    try self.init(
      spec: spec, images: container.decode(DatasetSummary.self, forKey: .images),
      data: container.decodeIfPresent(DataIdentity.self, forKey: .data))
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(spec, forKey: .spec)
    try container.encode(images, forKey: .images)
    try container.encodeIfPresent(data, forKey: .data)
  }
}

extension DatasetRequest {
  package init(_ spec: DatasetSpec) {
    self.init(
      name: spec.name.rawValue, path: spec.path, trainFiles: spec.train.isEmpty ? nil : spec.train,
      testFiles: spec.test.isEmpty ? nil : spec.test, limit: spec.limit > 0 ? spec.limit : nil)
  }
}

extension Augmentation {
  package init(_ spec: DatasetSpec.Augmentation) {
    switch spec {
    case .none: self = .none
    case .flip: self = .flip
    case .crop: self = .crop
    case .cropAndFlip: self = .cropFlip
    }
  }
}
