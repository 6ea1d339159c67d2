import ArgumentParser
import Specification

struct DataOptions: ParsableArguments {
  @Option(field: "dataset.name") var dataset: Assignment?
  @Option(field: "dataset.path") var data: Assignment?
  @Option(field: "dataset.augment") var augment: Assignment?

  var given: [Assignment?] { [dataset, data, augment] }
}

struct NetworkOptions: ParsableArguments {
  @Option(field: "network.preset") var network: Assignment?
  @Option(field: "normalization") var normalization: Assignment?
  @Option(field: "normalizationGroups") var normalizationGroups: Assignment?
  @Option(field: "normalizationEpsilon") var normalizationEpsilon: Assignment?
  @Option(field: "initScale") var initScale: Assignment?

  var given: [Assignment?] { [network, normalization, normalizationGroups, normalizationEpsilon, initScale] }
}

struct OptimizerOptions: ParsableArguments {
  @Option(field: "optimizer.name") var optimizer: Assignment?
  @Option(field: "optimizer.learningRate") var learningRate: Assignment?
  @Option(field: "optimizer.momentum") var momentum: Assignment?
  @Option(field: "l2") var l2: Assignment?
  @Option(field: "weightDecay") var weightDecay: Assignment?
  @Option(field: "projection") var projection: Assignment?
  @Option(field: "schedule.name") var schedule: Assignment?
  @Option(field: "schedule.warmup") var warmup: Assignment?

  /// What --optimizer was called once.
  @Option(
    name: .customLong("rule"), parsing: .unconditional, help: .hidden,
    transform: { Assignment(path: "rule.name", value: .text($0)) })
  var rule: Assignment?

  var given: [Assignment?] {
    [rule, optimizer, learningRate, momentum, l2, weightDecay, projection, schedule, warmup]
  }
}

struct LengthOptions: ParsableArguments {
  @Option(field: "batch") var batch: Assignment?
  @Option(field: "microbatch") var microbatch: Assignment?
  @Option(field: "steps") var steps: Assignment?
  @Option(field: "epochs") var epochs: Assignment?
  @Option(field: "staleness") var staleness: Assignment?
  @Option(field: "seed") var seed: Assignment?

  var given: [Assignment?] { [batch, microbatch, steps, epochs, staleness, seed] }
}

struct ArithmeticOptions: ParsableArguments {
  @Option(field: "precision") var precision: Assignment?
  @Option(field: "backend") var backend: Assignment?
  @Option(field: "isa") var isa: Assignment?

  var given: [Assignment?] { [precision, backend, isa] }
}

struct ProcessOptions: ParsableArguments {
  @Option(field: "execution.workers") var workers: Assignment?
  @Option(field: "execution.threads") var threads: Assignment?
  @Option(field: "execution.servers") var servers: Assignment?
  @Option(field: "execution.spare") var spare: Assignment?
  @Option(field: "execution.launcher") var launcher: Assignment?
  @Option(field: "execution.transport") var transport: Assignment?
  @Option(field: "execution.listen") var listen: Assignment?
  @Option(field: "execution.joinDeadline") var joinDeadline: Assignment?

  var given: [Assignment?] {
    [workers, threads, servers, spare, launcher, transport, listen, joinDeadline]
  }
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
  @Flag(field: "execution.json") var json = false

  var given: [Assignment?] {
    let tagList = tags.first.map { Assignment(path: $0.path, value: .list(tags.map(\.value.text))) }
    let wantsJSON = json ? Assignment(path: "execution.json", value: .boolean(true)) : nil
    return [
      output, name, tagList, metricsEvery, evaluateEvery, checkpointEvery, keepCheckpoints, keepEvery, progress,
      wantsJSON,
    ]
  }
}
