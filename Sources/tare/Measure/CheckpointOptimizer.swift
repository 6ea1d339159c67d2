import ArgumentParser
import Specification

/// The flags that say how checkpoints were trained. What nobody says of them was not there: no penalty is in force by default.
struct CheckpointOptimizer: ParsableArguments {
  @Option(field: "optimizer.name") var optimizer: Assignment?
  @Option(field: "optimizer.learningRate", fallback: "required") var learningRate: Assignment?
  @Option(field: "optimizer.momentum", fallback: "default by optimizer") var momentum: Assignment?
  @Option(field: "l2", fallback: "default 0") var l2: Assignment?
  @Option(field: "weightDecay", fallback: "default 0") var weightDecay: Assignment?
  @Option(field: "projection") var projection: Assignment?
  @Option(field: "schedule.name") var schedule: Assignment?
  @Option(field: "schedule.warmup") var warmup: Assignment?
}
