import ArgumentParser
import Specification

// The flags of train, group by group as help shows them: for each field that has `flags` in the field table one property.
// `ParsableArguments.given` finds the properties by itself.

struct DataOptions: ParsableArguments {
  @Option(field: "dataset.name") var dataset: Assignment?
  @Option(field: "dataset.path") var data: Assignment?
  @Option(field: "dataset.augment") var augment: Assignment?
}

struct NetworkOptions: ParsableArguments {
  @Option(field: "network.preset") var network: Assignment?
  @Option(field: "normalization") var normalization: Assignment?
  @Option(field: "normalizationGroups") var normalizationGroups: Assignment?
  @Option(field: "normalizationEpsilon") var normalizationEpsilon: Assignment?
  @Option(field: "initScale") var initScale: Assignment?
  @Option(field: "initialWeights") var initialWeights: Assignment?
}

struct OptimizerOptions: ParsableArguments {
  /// What --optimizer was called once.
  @Option(
    name: .customLong("rule"), parsing: .unconditional, help: .hidden,
    transform: { Assignment(path: "rule.name", value: .text($0)) })
  var rule: Assignment?

  @Option(field: "optimizer.name") var optimizer: Assignment?
  @Option(field: "optimizer.learningRate") var learningRate: Assignment?
  @Option(field: "optimizer.momentum") var momentum: Assignment?
  @Option(field: "l2") var l2: Assignment?
  @Option(field: "weightDecay") var weightDecay: Assignment?
  @Option(field: "projection") var projection: Assignment?
  @Option(field: "schedule.name") var schedule: Assignment?
  @Option(field: "schedule.warmup") var warmup: Assignment?
}

struct LengthOptions: ParsableArguments {
  @Option(field: "batch") var batch: Assignment?
  @Option(field: "microbatch") var microbatch: Assignment?
  @Option(field: "steps") var steps: Assignment?
  @Option(field: "epochs") var epochs: Assignment?
  @Option(field: "staleness") var staleness: Assignment?
  @Option(field: "backup") var backup: Assignment?
  @Option(field: "seed") var seed: Assignment?
}

struct ArithmeticOptions: ParsableArguments {
  @Option(field: "precision") var precision: Assignment?
  @Option(field: "wire") var wire: Assignment?
  @Option(field: "backend") var backend: Assignment?
  @Option(field: "isa") var isa: Assignment?
}

struct ProcessOptions: ParsableArguments {
  @Option(field: "execution.workers") var workers: Assignment?
  @Option(field: "execution.threads") var threads: Assignment?
  @Option(field: "execution.servers") var servers: Assignment?
  @Option(field: "execution.serverThreads") var serverThreads: Assignment?
  @Option(field: "execution.spare") var spare: Assignment?
  @Option(field: "execution.launcher") var launcher: Assignment?
  @Option(field: "execution.transport") var transport: Assignment?
  @Option(field: "execution.listen") var listen: Assignment?
  @Option(field: "execution.keys") var keys: Assignment?
  @Option(field: "execution.hosts") var hosts: Assignment?
  @Flag(field: "execution.copy") var copy = false
  @Option(field: "execution.interface") var interface: Assignment?
  @Option(field: "execution.joinDeadline") var joinDeadline: Assignment?
}

struct RecordOptions: ParsableArguments {
  @Option(field: "execution.output") var output: Assignment?
  @Option(field: "execution.name") var name: Assignment?
  @Option(field: "execution.tags") var tags: [Assignment] = []
  @Option(field: "execution.metricsEvery") var metricsEvery: Assignment?
  @Option(field: "execution.evaluateEvery") var evaluateEvery: Assignment?
  @Option(field: "execution.checkpointEvery") var checkpointEvery: Assignment?
  @Option(field: "execution.keepCheckpoints") var keepCheckpoints: Assignment?
  @Option(field: "execution.keepEvery") var keepEvery: Assignment?
  @Option(field: "execution.progress") var progress: Assignment?
  @Option(field: "execution.logFormat") var logFormat: Assignment?
  @Flag(field: "execution.json") var json = false
}
