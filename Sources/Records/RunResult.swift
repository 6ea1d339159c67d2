package import Coordination
package import Parameters

/// The result of a run: the object that `tare train --json` prints and `run.json` stores.
package struct RunResult: Hashable, Sendable, Codable {
  /// The run folder.
  package var run: String
  /// Updates applied.
  package var steps: Int
  package var epochs: Double
  /// Mean cross-entropy per sample over the last logging window, in nats.
  package var trainLoss: Double?
  package var testLoss: Double?
  /// Fraction of test images that the final weights misclassify.
  package var testError: Double?
  /// The lowest of all evaluations.
  package var bestTestError: Double?
  /// Over the little-endian bytes of all tensors in name order, running statistics included.
  package var weightsSHA256: String
  package var samplesUsed: Int
  /// Training samples per second, evaluations included, of the process that finished the run.
  package var imagesPerSecond: Double
  /// From that process's first step to its last evaluation.
  package var seconds: Double
  /// The step after which that process began; 0 if the run was not resumed, `nil` in records of earlier versions.
  package var resumedAfter: Int?
  package var workers: Int
  package var servers: Int
  package var threads: Int
  /// The definition of the effective learning rate, such as `η/‖w‖²`; a layer's value is the median over its filters.
  package var effectiveLearningRateDefinition: String
  package var layers: [Layer]
  /// What the layers did over all of the run; `nil` in records of earlier versions, and of runs that do not record
  /// norms, effective learning rates and angles.
  package var path: Path?
  /// How far behind the gradients of an asynchronous run were; `nil` for other runs.
  package var staleness: Staleness?
  /// Failures and recoveries, in order.
  package var events: [RunEvent]

  package init(
    run: String, steps: Int, epochs: Double, trainLoss: Double?, testLoss: Double?, testError: Double?,
    bestTestError: Double?, weightsSHA256: String, samplesUsed: Int, imagesPerSecond: Double, seconds: Double,
    resumedAfter: Int? = nil,
    workers: Int, servers: Int, threads: Int, effectiveLearningRateDefinition: String, layers: [Layer],
    path: Path? = nil, staleness: Staleness? = nil, events: [RunEvent] = []
  ) {
    self.run = run
    self.steps = steps
    self.epochs = epochs
    self.trainLoss = trainLoss
    self.testLoss = testLoss
    self.testError = testError
    self.bestTestError = bestTestError
    self.weightsSHA256 = weightsSHA256
    self.samplesUsed = samplesUsed
    self.imagesPerSecond = imagesPerSecond
    self.seconds = seconds
    self.resumedAfter = resumedAfter
    self.workers = workers
    self.servers = servers
    self.threads = threads
    self.effectiveLearningRateDefinition = effectiveLearningRateDefinition
    self.layers = layers
    self.path = path
    self.staleness = staleness
    self.events = events
  }

  // Not private, because the encoding is in another file.
  enum CodingKeys: String, CodingKey {
    case run, steps, epochs, trainLoss, testLoss, testError, bestTestError, weightsSHA256, samplesUsed, imagesPerSecond
    case seconds, resumedAfter, workers, servers, threads, effectiveLearningRateDefinition, layers, path,
      staleness, events
  }

  /// One scale-invariant layer in the last logging window; a value is `nil` if it is undefined.
  package struct Layer: Hashable, Sendable, Codable {
    package var name: String
    /// ‖w‖ before the first step, the median over its filters; `nil` in records of earlier versions.
    package var initialNorm: Double?
    /// ‖w‖, the median over its filters, as in the effective learning rate.
    package var norm: Double?
    /// In equilibrium, the median over its filters.
    package var predictedNorm: Double?
    package var effectiveLearningRate: Double?
    package var angularUpdate: Double?
    package var predictedAngularUpdate: Double?
    package var cosWeightGradient: Double?
    /// Whether growth by steps and reduction by decay cancel; `nil` without a predicted equilibrium.
    package var isInEquilibrium: Bool?
    /// Steps in which a departure from the equilibrium shrinks to 1/e.
    package var equilibriumTimeConstant: Double?

    enum CodingKeys: String, CodingKey {
      case name, initialNorm, norm, predictedNorm, effectiveLearningRate, angularUpdate, predictedAngularUpdate,
        cosWeightGradient
      case isInEquilibrium, equilibriumTimeConstant
    }

    package init(
      name: String, norm: Double?, predictedNorm: Double?, effectiveLearningRate: Double?, angularUpdate: Double?,
      predictedAngularUpdate: Double?, cosWeightGradient: Double?, isInEquilibrium: Bool? = nil,
      equilibriumTimeConstant: Double? = nil, initialNorm: Double? = nil
    ) {
      self.name = name
      self.initialNorm = initialNorm
      self.norm = norm
      self.predictedNorm = predictedNorm
      self.effectiveLearningRate = effectiveLearningRate
      self.angularUpdate = angularUpdate
      self.predictedAngularUpdate = predictedAngularUpdate
      self.cosWeightGradient = cosWeightGradient
      self.isInEquilibrium = isInEquilibrium
      self.equilibriumTimeConstant = equilibriumTimeConstant
    }
  }
}
