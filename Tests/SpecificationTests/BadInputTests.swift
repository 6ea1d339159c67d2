import Optimization
import Specification
import Testing

/// Specs that cannot be run, and what the sentence about each must name.
@Suite("Bad input")
struct BadInputTests {
  struct Row: Sendable, CustomTestStringConvertible {
    let settings: [String]
    let field: String
    let words: [String]

    init(_ settings: String..., field: String, names words: String...) {
      self.settings = settings
      self.field = field
      self.words = words
    }

    var testDescription: String { settings.joined(separator: " ") }
  }

  static let names = [
    Row("optimizer=nestrov", field: "optimizer.name", names: "\"nestrov\"", "did you mean \"nesterov\"?", "momentum"),
    Row("network=conv33", field: "network.preset", names: "\"conv33\"", "\"conv3\"", "mlp"),
    Row("dataset=cifar10", field: "dataset.name", names: "\"cifar10\"", "\"cifar-10\"", "glyphs"),
    Row("normalization=bacth", field: "normalization", names: "\"batch\""),
    Row("precision=half", field: "precision", names: "\"half\"", "float, double, bfloat16"),
    Row("schedule=cosin", field: "schedule.name", names: "\"cosine\""),
    Row("dataset.shuffle=maybe", field: "dataset.shuffle", names: "\"maybe\"", "true, false"),
    Row("execution.launcher=process", field: "execution.launcher", names: "\"processes\""),
    Row("batch=many", field: "batch", names: "\"many\"", "a whole number"),
    Row("batch=12.5", field: "batch", names: "\"12.5\"", "a whole number"),
    Row("optimizer.learningRate=fast", field: "optimizer.learningRate", names: "\"fast\"", "a number"),
    Row("optimizer.learningRate=", field: "optimizer.learningRate", names: "a number above 0"),
  ]

  static let ranges = [
    Row("optimizer.learningRate=nan", field: "optimizer.learningRate", names: "nan", "a number above 0"),
    Row("optimizer.learningRate=-0.1", field: "optimizer.learningRate", names: "-0.1", "a number above 0"),
    Row("optimizer.learningRate=0", field: "optimizer.learningRate", names: "is 0", "a number above 0"),
    Row("optimizer.learningRate=inf", field: "optimizer.learningRate", names: "inf", "a number above 0"),
    Row("normalizationGroups=0", field: "normalizationGroups", names: "is 0", "1 or more"),
    Row("normalizationEpsilon=-1", field: "normalizationEpsilon", names: "is -1", "0 or more"),
    Row("normalizationEpsilon=inf", field: "normalizationEpsilon", names: "is inf", "0 or more"),
    Row("optimizer.momentum=1", field: "optimizer.momentum", names: "is 1", "from 0 up to"),
    Row("optimizer.momentum=-0.5", field: "optimizer.momentum", names: "-0.5"),
    Row("optimizer.momentum=nan", field: "optimizer.momentum", names: "nan"),
    Row("optimizer=adam", "optimizer.beta1=1", field: "optimizer.beta1", names: "is 1"),
    Row("optimizer=adam", "optimizer.beta2=-1", field: "optimizer.beta2", names: "-1"),
    Row("optimizer=adam", "optimizer.epsilon=0", field: "optimizer.epsilon", names: "is 0", "above 0"),
    Row("l2=-1e-4", field: "l2", names: "-1e-4", "0 or more"),
    Row("weightDecay=-1", field: "weightDecay", names: "-1", "0 or more"),
    Row(
      "optimizer=lars", "optimizer.trustCoefficient=0", field: "optimizer.trustCoefficient", names: "is 0", "above 0"),
    Row("optimizer=adamp", "optimizer.delta=-1", field: "optimizer.delta", names: "-1", "0 or more"),
    Row(
      "optimizer=sgdp", "optimizer.weightDecayRatio=2", field: "optimizer.weightDecayRatio", names: "is 2",
      "from 0 to 1"),
    Row("optimizer=riemannian-sgd", "optimizer.clip=-1", field: "optimizer.clip", names: "-1", "0 or more"),
    Row("groups.head.learningRate=-1", field: "groups.head.learningRate", names: "is -1", "0 or more"),
    Row("optimizer=adam", "groups.head.epsilon=0", field: "groups.head.epsilon", names: "is 0", "above 0"),
    Row("schedule=step", "schedule.factor=2.5", field: "schedule.factor", names: "2.5", "at most 2"),
    Row("schedule=step", "schedule.factor=0", field: "schedule.factor", names: "is 0"),
    Row("groups.gammaBeta.l2=nan", field: "groups.gammaBeta.l2", names: "nan"),
    Row("initScale=0", field: "initScale", names: "is 0"),
    Row("projectionRadius=-1", field: "projectionRadius", names: "-1"),
    Row("batch=0", field: "batch", names: "is 0", "from 1 to"),
    Row("microbatch=0", field: "microbatch", names: "is 0"),
    Row("steps=0", field: "steps", names: "is 0", "from 1 to"),
    Row("epochs=0", field: "epochs", names: "is 0"),
    Row("epochs=nan", field: "epochs", names: "nan"),
    Row("seed=-1", field: "seed", names: "-1"),
    Row("staleness=-1", field: "staleness", names: "is -1", "from 0 to", "unbounded"),
    Row("staleness=some", field: "staleness", names: "some", "a whole number or unbounded"),
    Row("wire=int8", "staleness=1", field: "wire", names: "int8", "asynchronous", "float32"),
    Row("backup=0", field: "backup", names: "is 0", "from 1"),
    Row("backup=4", field: "backup", names: "is 4", "4 microbatches", "fewer than 4"),
    Row("dataset.limit=-5", field: "dataset.limit", names: "-5"),
    Row("schedule.warmup=-1", field: "schedule.warmup", names: "-1"),
    Row("execution.servers=0", field: "execution.servers", names: "is 0", "1 to 64"),
    Row("execution.servers=65", field: "execution.servers", names: "65", "1 to 64"),
    Row("execution.workers=0", field: "execution.workers", names: "is 0"),
    Row("execution.threads=0", field: "execution.threads", names: "is 0"),
    Row("execution.serverThreads=257", field: "execution.serverThreads", names: "is 257", "1 to 256"),
    Row("execution.joinDeadline=0", field: "execution.joinDeadline", names: "is 0"),
    Row("execution.metricsEvery=0", field: "execution.metricsEvery", names: "is 0"),
    Row("execution.listen=localhost:7000", field: "execution.listen", names: "localhost:7000", "tcp://ADDRESS:PORT"),
    Row("execution.listen=tcp://host:70000", field: "execution.listen", names: "70000"),
    Row(
      "execution.listen=tcp://localhost:0", field: "execution.listen", names: "localhost", "an address of this machine"),
    Row("execution.listen=tcp://::1:0", field: "execution.listen", names: "//::1:0", "[::]"),
    Row("execution.listen=tcp://[::1]", field: "execution.listen", names: "[::1]", "PORT"),
    Row("execution.listen=tcp://[fd00::g]:0", field: "execution.listen", names: "fd00::g"),
    Row("execution.listen=tcp://[10.0.0.1]:0", field: "execution.listen", names: "[10.0.0.1]"),
    Row("execution.listen=ipc://relative", field: "execution.listen", names: "ipc://relative"),
    Row("execution.joinDeadline=1e300", field: "execution.joinDeadline", names: "1e300", "86400"),
    Row("steps=1000000000000", field: "steps", names: "1000000000000", "10⁹"),
    Row("batch=9223372036854775807", field: "batch", names: "9223372036854775807", "2²⁰"),
    Row("microbatch=100000", field: "microbatch", names: "100000", "2¹⁶"),
    Row("execution.listen=tcp://:7000", field: "execution.listen", names: "tcp://:7000"),
    Row("execution.listen=ipc://", field: "execution.listen", names: "ipc:///PATH"),
  ]

  static let contradictions = [
    Row("batch=100", field: "batch", names: "100", "microbatch 32", "96 or 128"),
    Row("batch=16", field: "batch", names: "16", "such as 32"),
    Row(
      "execution.workers=3", "execution.threads=2", field: "execution.workers",
      names: "3 × 2 = 6", "4 microbatches", "batch 128 / microbatch 32", "at most 4", "spare"),
    Row("execution.workers=6", "execution.spare=1", field: "execution.workers", names: "(6 − 1 spare) × 1 = 5"),
    Row("execution.spare=2", field: "execution.spare", names: "is 2", "2 workers"),
    Row(
      "optimizer=sgd", "optimizer.momentum=0.9", field: "optimizer.momentum", names: "0.9", "\"sgd\"",
      "momentum, nesterov, lars, sgdp or riemannian-sgd"),
    Row("optimizer=adam", "optimizer.momentum=0.9", field: "optimizer.momentum", names: "\"adam\""),
    Row("optimizer.beta1=0.9", field: "optimizer.beta1", names: "\"nesterov\"", "adam, adamw, lion, lamb or adamp"),
    Row("optimizer.beta2=0.9", field: "optimizer.beta2", names: "\"nesterov\""),
    Row("optimizer.trustCoefficient=0.1", field: "optimizer.trustCoefficient", names: "\"nesterov\"", "use lars"),
    Row("optimizer=adam", "optimizer.delta=0.1", field: "optimizer.delta", names: "\"adam\"", "adamp or sgdp"),
    Row("optimizer=lion", "optimizer.clip=0.1", field: "optimizer.clip", names: "\"lion\"", "riemannian-sgd"),
    Row("optimizer=lion", "groups.head.epsilon=1e-8", field: "groups.head.epsilon", names: "1e-08", "\"lion\""),
    Row("optimizer=sgd", "optimizer.epsilon=1e-8", field: "optimizer.epsilon", names: "1e-08", "\"sgd\""),
    Row("steps=10", "epochs=2", field: "steps", names: "steps is 10", "epochs is 2.0", "one of the two"),
    Row("wire=int4", field: "wire", names: "\"int4\"", "float32, bfloat16, float16, int8"),
    Row("precision=double", "wire=int8", field: "wire", names: "\"int8\"", "float32"),
    Row("precision=double", "backend=onednn", field: "backend", names: "\"onednn\"", "reference"),
    Row("execution.transport=inproc", field: "execution.transport", names: "inproc", "launcher threads"),
    Row(
      "execution.launcher=threads", "execution.transport=tcp", field: "execution.transport", names: "\"tcp\"", "inproc"),
    Row("optimizer=adamw", "l2=1e-4", field: "l2", names: "adamw", "weightDecay", "optimizer adam"),
    Row("optimizer=lion", "l2=1e-4", field: "l2", names: "\"lion\"", "weightDecay"),
    Row("optimizer=lamb", "l2=1e-4", field: "l2", names: "\"lamb\"", "weightDecay"),
    Row("optimizer=adamp", "l2=1e-4", field: "l2", names: "\"adamp\"", "weightDecay"),
    Row("optimizer=sgdp", "l2=1e-4", field: "l2", names: "\"sgdp\"", "weightDecay"),
    Row("optimizer=riemannian-sgd", "l2=1e-4", field: "l2", names: "keeps the length", "accepted: 0"),
    Row("optimizer=riemannian-sgd", "weightDecay=0.1", field: "weightDecay", names: "0.1", "keeps the length"),
    Row("optimizer=adamw", "groups.head.l2=1e-4", field: "l2", names: "0.0001"),
    Row("execution.launcher=none", field: "execution.listen", names: "is missing", "tcp://ADDRESS:PORT"),
    Row("execution.listen=tcp://0.0.0.0:0", field: "execution.listen", names: "tcp://0.0.0.0:0", "launcher none"),
    Row(
      "execution.keys=k", field: "execution.keys", names: "\"k\"", "launcher \"processes\"", "launcher none"),
    Row(
      "execution.keys=k", "execution.launcher=none", "execution.listen=ipc:///tmp/tare", field: "execution.keys",
      names: "\"k\"", "ipc:///tmp/tare", "tcp://ADDRESS:PORT"),
    Row("execution.launcher=ssh", field: "execution.hosts", names: "is missing", "a:2,b:4"),
    Row(
      "execution.hosts=a", "execution.launcher=threads", field: "execution.hosts", names: "\"a\"", "launcher threads",
      "launcher ssh"),
    Row("execution.hosts=a", "execution.transport=ipc", field: "execution.transport", names: "\"ipc\"", "auto, tcp"),
    Row(
      "execution.launcher=none", "execution.listen=tcp://0.0.0.0:0", "execution.transport=ipc",
      field: "execution.transport",
      names: "\"ipc\"", "tcp"),
    Row("normalization=none", "projection=filter", field: "projection", names: "\"filter\"", "normalization batch"),
    Row("projectionKeepsL2=true", field: "projectionKeepsL2", names: "projection filter or layer"),
    Row(
      "normalization=layer", "projection=filter", field: "projection", names: "\"filter\"", "\"layer\"",
      "batch or weight"),
    Row(
      "normalization=group", "projection=filter", field: "projection", names: "\"filter\"", "\"group\"", "none or layer"
    ),
    Row(
      "normalization=weight", "biasBeforeNormalization=true", "projection=filter", field: "projection",
      names: "\"filter\"", "weight norm", "biasBeforeNormalization false"),
    Row(
      "normalization=layer", "biasBeforeNormalization=true", "projection=layer", field: "projection",
      names: "\"layer\"", "not scale-invariant"),
    Row(
      "normalization=none", "biasBeforeNormalization=true", field: "biasBeforeNormalization",
      names: "is true", "\"none\"", "batch, weight, layer, group or rms"),
    Row("normalizationGroups=4", field: "normalizationGroups", names: "is 4", "\"batch\"", "normalization group"),
    Row("normalization=layer", "normalizationGroups=8", field: "normalizationGroups", names: "is 8", "\"layer\""),
    Row(
      "normalization=weight", "normalizationEpsilon=1e-5", field: "normalizationEpsilon",
      names: "1e-05", "\"weight\"", "batch, layer, group or rms"),
    Row("normalization=none", "normalizationEpsilon=0", field: "normalizationEpsilon", names: "0.0", "\"none\""),
    Row("normalization=none", "regularizeGammaBeta=true", field: "regularizeGammaBeta", names: "another normalization"),
    Row("dataset=cifar-10", field: "dataset.path", names: "missing", "cifar-10"),
    Row("dataset=mnist", field: "dataset.path", names: "missing", "mnist"),
    Row("dataset.path=/data", field: "dataset.path", names: "glyphs"),
    Row("schedule=step", field: "schedule.every", names: "missing"),
    Row("schedule.every=5", field: "schedule.every", names: "\"constant\"", "schedule step"),
    Row("schedule=step", "schedule.every=5", "schedule.final=0", field: "schedule.final", names: "schedule cosine"),
    Row("network=mlp", "microbatch=1", field: "microbatch", names: "is 1", "2 or more"),
    Row("dataset.limit=100", "epochs=1", field: "epochs", names: "1.0", "100 images", "steps of 128", "0 steps"),
  ]

  @Test("one sentence names field, value and what is accepted", arguments: names + ranges + contradictions)
  func refused(row: Row) throws {
    let layer = try row.settings.map { try Assignment(setting: $0) }
    let error = try #require(throws: SpecError.self) { try RunSpec(layers: [layer]) }
    #expect(error.exitCode == 64)
    #expect(error.field == row.field)
    #expect(error.sentence.hasPrefix(row.field) || row.field == "dataset.path")
    #expect(error.sentence.hasSuffix(".") && !error.sentence.contains("\n"))
    #expect(!error.description.contains("--") && !error.description.contains("tare "), "the edge spells commands")
    for word in row.words { #expect(error.sentence.contains(word), "\(error.sentence)") }
  }

  @Test("values that come by no text are checked too")
  func checkedWithoutText() {
    var spec = RunSpec()
    spec.optimizer.learningRate = .nan
    #expect(throws: SpecError.self) { try spec.validate() }
    spec.optimizer.learningRate = 0.1
    spec.steps = 3
    spec.epochs = 1
    let error = #expect(throws: SpecError.self) { try spec.validate() }
    #expect(error?.field == "steps")
  }

  @Test(
    "unusual but sound specs pass",
    arguments: [
      [], ["optimizer=adam", "weightDecay=0.1"], ["optimizer=sgd", "weightDecay=0.1"], ["optimizer.momentum=0"],
      ["epochs=0.25"],
      ["normalization=weight", "projection=filter"], ["normalization=layer", "projection=layer"],
      ["normalization=group", "normalizationGroups=4", "normalizationEpsilon=0"],
      ["normalization=layer", "network=mlp", "microbatch=1"], ["biasBeforeNormalization=true", "projection=filter"],
      ["projection=filter", "projectionKeepsL2=true"], ["execution.workers=6", "execution.spare=2"],
      ["execution.launcher=threads", "execution.transport=inproc"], ["precision=double", "backend=auto"],
      ["execution.launcher=none", "execution.listen=tcp://127.0.0.1:0"],
      ["execution.launcher=none", "execution.listen=ipc:///tmp/tare"], ["batch=96"],
      ["batch=7", "microbatch=7"]
        + ["execution.workers=1"],
      ["schedule=step", "schedule.every=10", "schedule.factor=2"], ["groups.weights.learningRate=0"],
      ["optimizer=adam", "groups.gammaBeta.epsilon=1e-3"], ["optimizer=riemannian-sgd", "optimizer.clip=0"],
      ["dataset=fashion-mnist", "dataset.path=/data"],
    ])
  func accepted(settings: [String]) throws {
    let spec = try RunSpec(layers: [settings.map { try Assignment(setting: $0) }])
    try spec.resolved.validate()
    #expect(spec.resolved.resolved == spec.resolved)
  }

  @Test("every optimizer runs with its own defaults", arguments: OptimizerSpec.Name.allCases)
  func defaults(of rule: OptimizerSpec.Name) throws {
    let spec = try RunSpec(layers: [[Assignment(setting: "optimizer=\(rule.rawValue)")]])
    try spec.resolved.validate()
    #expect(type(of: try spec.optimizer.make()).name == rule.rawValue)
    #expect(spec.resolved.optimizer.learningRate == rule.defaults.learningRate)
  }

  @Test(
    "layer projection of weights that are invariant per filter is allowed, with a warning",
    arguments: [("batch", 1), ("weight", 1), ("layer", 0), ("group", 0)])
  func layerProjectionWarns(normalization: String, warnings: Int) throws {
    let spec = try SpecSamples.spec(["projection=layer", "normalization=\(normalization)"])
    try spec.validate()
    #expect(spec.warnings.count == warnings)
    #expect(spec.warnings.allSatisfy { $0.contains("\(normalization) normalization") })
    #expect(try SpecSamples.spec(["projection=filter"]).warnings.isEmpty)
  }
}
