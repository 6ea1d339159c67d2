import Specification

/// For each field a value that differs from its default, as typed, and as it should be read back.
enum SpecSamples {
  static let all: [String: (typed: String, value: PlanValue)] = [
    "dataset.name": ("mnist", .text("mnist")), "dataset.path": ("/data/mnist", .text("/data/mnist")),
    "dataset.train": ("a.bin, b.bin", .list(["a.bin", "b.bin"])), "dataset.test": ("c.bin", .list(["c.bin"])),
    "dataset.limit": ("1000", .integer(1000)), "dataset.shuffle": ("false", .boolean(false)),
    "dataset.augment": ("crop+flip", .text("crop+flip")), "network.preset": ("conv4", .text("conv4")),
    "network.layers": ("flatten, dense classes", .list(["flatten", "dense classes"])),
    "normalization": ("layer", .text("layer")), "normalizationGroups": ("4", .integer(4)),
    "normalizationEpsilon": ("1e-6", .number(1e-6)), "biasBeforeNormalization": ("true", .boolean(true)),
    "initScale": ("0.5", .number(0.5)), "optimizer.name": ("adam", .text("adam")),
    "optimizer.learningRate": ("1e-2", .number(0.01)), "optimizer.momentum": ("0.95", .number(0.95)),
    "optimizer.beta1": ("0.8", .number(0.8)), "optimizer.beta2": ("0.99", .number(0.99)),
    "optimizer.epsilon": ("1e-6", .number(1e-6)),
    "optimizer.trustCoefficient": ("0.02", .number(0.02)), "optimizer.delta": ("0.2", .number(0.2)),
    "optimizer.weightDecayRatio": ("0.3", .number(0.3)), "optimizer.clip": ("0.1", .number(0.1)),
    "groups.weights.epsilon": ("1e-3", .number(1e-3)), "groups.gammaBeta.epsilon": ("1e-4", .number(1e-4)),
    "groups.head.epsilon": ("1e-5", .number(1e-5)),
    "l2": ("5e-4", .number(5e-4)), "weightDecay": ("0.1", .number(0.1)), "projection": ("filter", .text("filter")),
    "projectionRadius": ("2", .number(2)), "projectionKeepsL2": ("true", .boolean(true)),
    "regularizeGammaBeta": ("true", .boolean(true)), "schedule.name": ("cosine", .text("cosine")),
    "schedule.warmup": ("100", .integer(100)), "schedule.every": ("50", .integer(50)),
    "schedule.factor": ("0.5", .number(0.5)), "schedule.changes": ("2", .integer(2)),
    "schedule.final": ("0.01", .number(0.01)),
    "groups.weights.learningRate": ("0.3", .number(0.3)), "groups.weights.l2": ("1e-5", .number(1e-5)),
    "groups.weights.weightDecay": ("1e-6", .number(1e-6)), "groups.gammaBeta.learningRate": ("0.4", .number(0.4)),
    "groups.gammaBeta.l2": ("1e-7", .number(1e-7)), "groups.gammaBeta.weightDecay": ("1e-8", .number(1e-8)),
    "groups.head.learningRate": ("0.5", .number(0.5)), "groups.head.l2": ("1e-9", .number(1e-9)),
    "groups.head.weightDecay": ("1e-10", .number(1e-10)), "batch": ("64", .integer(64)),
    "microbatch": ("16", .integer(16)), "steps": ("20", .integer(20)), "epochs": ("0.5", .number(0.5)),
    "staleness": ("unbounded", .text("unbounded")), "backup": ("1", .integer(1)),
    "seed": ("7", .integer(7)), "precision": ("double", .text("double")), "wire": ("int8", .text("int8")),
    "backend": ("reference", .text("reference")), "isa": ("x86-64-v3", .text("x86-64-v3")),
    "execution.workers": ("4", .integer(4)), "execution.threads": ("2", .integer(2)),
    "execution.servers": ("3", .integer(3)), "execution.serverThreads": ("2", .integer(2)),
    "execution.spare": ("1", .integer(1)),
    "execution.launcher": ("threads", .text("threads")), "execution.hosts": ("a:2,b:4", .text("a:2,b:4")),
    "execution.copy": ("true", .boolean(true)), "execution.interface": ("eth1", .text("eth1")),
    "execution.transport": ("tcp", .text("tcp")), "execution.keys": ("keys.txt", .text("keys.txt")),
    "execution.listen": ("tcp://0.0.0.0:7000", .text("tcp://0.0.0.0:7000")),
    "execution.joinDeadline": ("2.5", .number(2.5)), "execution.metricsEvery": ("5", .integer(5)),
    "execution.checkpointEvery": ("40", .integer(40)), "execution.keepCheckpoints": ("2", .integer(2)),
    "execution.keepEvery": ("1000", .integer(1000)),
    "execution.evaluateEvery": ("100", .integer(100)), "execution.output": ("out", .text("out")),
    "initialWeights": ("a.safetensors", .text("a.safetensors")), "labelSmoothing": ("0.1", .number(0.1)),
    "initRMS": ("0.02", .number(0.02)), "follow": ("runs/a", .text("runs/a")),
    "execution.metrics": ("weightNorm, penalty", .list(["weightNorm", "penalty"])),
    "execution.recordRates": ("true", .boolean(true)), "execution.tensorboard": ("false", .boolean(false)),
    "execution.name": ("first", .text("first")),
    "execution.tags": ("x,y", .list(["x", "y"])),
    "execution.logFormat": ("json", .text("json")),
    "execution.progress": ("plain", .text("plain")), "execution.json": ("true", .boolean(true)),
  ]

  /// The default spec after `settings`, each `path=value`; not checked as a whole.
  static func spec(_ settings: [String]) throws -> RunSpec {
    var spec = RunSpec()
    try spec.apply(settings.map { try Assignment(setting: $0) })
    return spec
  }
}
