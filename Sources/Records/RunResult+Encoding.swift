/// Every key is always present; `null` means that a value is undefined, not that this version doesn't know it.
extension RunResult {
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(run, forKey: .run)
    try container.encode(steps, forKey: .steps)
    try container.encode(epochs, forKey: .epochs)
    try container.encode(trainLoss, forKey: .trainLoss)
    try container.encode(testLoss, forKey: .testLoss)
    try container.encode(testError, forKey: .testError)
    try container.encode(bestTestError, forKey: .bestTestError)
    try container.encode(weightsSHA256, forKey: .weightsSHA256)
    try container.encode(samplesUsed, forKey: .samplesUsed)
    try container.encode(imagesPerSecond, forKey: .imagesPerSecond)
    try container.encode(seconds, forKey: .seconds)
    try container.encode(resumedAfter, forKey: .resumedAfter)
    try container.encode(workers, forKey: .workers)
    try container.encode(servers, forKey: .servers)
    try container.encode(threads, forKey: .threads)
    try container.encode(effectiveLearningRateDefinition, forKey: .effectiveLearningRateDefinition)
    try container.encode(layers, forKey: .layers)
    try container.encode(path, forKey: .path)
    try container.encode(staleness, forKey: .staleness)
    try container.encode(events, forKey: .events)
  }
}

extension RunResult.Layer {
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(name, forKey: .name)
    try container.encode(initialNorm, forKey: .initialNorm)
    try container.encode(norm, forKey: .norm)
    try container.encode(predictedNorm, forKey: .predictedNorm)
    try container.encode(effectiveLearningRate, forKey: .effectiveLearningRate)
    try container.encode(angularUpdate, forKey: .angularUpdate)
    try container.encode(predictedAngularUpdate, forKey: .predictedAngularUpdate)
    try container.encode(cosWeightGradient, forKey: .cosWeightGradient)
    try container.encode(isInEquilibrium, forKey: .isInEquilibrium)
    try container.encode(equilibriumTimeConstant, forKey: .equilibriumTimeConstant)
  }
}
