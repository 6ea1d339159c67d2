import Records
import Specification

/// A plan of two axes: 2 learning rates × free and projected.
func samplePlan(_ name: String = "map", rates: [String] = ["0.01", "0.1"], part: String = "") throws -> [SweepRun] {
  let conditions = [
    SweepPoint(label: "free", assignments: []),
    SweepPoint(label: "projected", assignments: [try Assignment(setting: "projection=filter")]),
  ]
  let axes = [
    try SweepAxis(field: "optimizer.learningRate", values: rates, origin: "plan"),
    try SweepAxis(name: "condition", points: conditions, origin: "plan"),
  ]
  let base = try Assignment.settings(["network=mlp", "steps=4", "batch=4", "microbatch=2", "dataset.limit=8"])
  return try SweepPlan(name: name, base: base, parts: [.init(name: part, axes: axes)]).runs()
}

func sampleResult(testError: Double?) -> RunResult {
  RunResult(
    run: "r", steps: 4, epochs: 0.5, trainLoss: 1.25, testLoss: nil, testError: testError, bestTestError: testError,
    weightsSHA256: "ab", samplesUsed: 16, imagesPerSecond: 8, seconds: 2, workers: 1, servers: 1, threads: 1,
    effectiveLearningRateDefinition: "η/‖w‖²", layers: [])
}
