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
    Row("rule=nestrov", field: "rule.name", names: "\"nestrov\"", "did you mean \"nesterov\"?", "heavy-ball"),
    Row("network=conv33", field: "network.preset", names: "\"conv33\"", "\"conv3\"", "mlp"),
    Row("dataset=cifar10", field: "dataset.name", names: "\"cifar10\"", "\"cifar-10\"", "glyphs"),
    Row("normalization=bacth", field: "normalization", names: "\"batch\""),
    Row("precision=half", field: "precision", names: "\"half\"", "float, double"),
    Row("schedule=cosin", field: "schedule.name", names: "\"cosine\""),
    Row("dataset.shuffle=maybe", field: "dataset.shuffle", names: "\"maybe\"", "true, false"),
    Row("execution.launcher=process", field: "execution.launcher", names: "\"processes\""),
    Row("batch=many", field: "batch", names: "\"many\"", "a whole number"),
    Row("batch=12.5", field: "batch", names: "\"12.5\"", "a whole number"),
    Row("rule.learningRate=fast", field: "rule.learningRate", names: "\"fast\"", "a number"),
    Row("rule.learningRate=", field: "rule.learningRate", names: "a number above 0"),
  ]

  static let ranges = [
    Row("rule.learningRate=nan", field: "rule.learningRate", names: "nan", "a number above 0"),
    Row("rule.learningRate=-0.1", field: "rule.learningRate", names: "-0.1", "a number above 0"),
    Row("rule.learningRate=0", field: "rule.learningRate", names: "is 0", "a number above 0"),
    Row("rule.learningRate=inf", field: "rule.learningRate", names: "inf", "a number above 0"),
    Row("normalizationGroups=0", field: "normalizationGroups", names: "is 0", "1 or more"),
    Row("normalizationEpsilon=-1", field: "normalizationEpsilon", names: "is -1", "0 or more"),
    Row("normalizationEpsilon=inf", field: "normalizationEpsilon", names: "is inf", "0 or more"),
    Row("rule.momentum=1", field: "rule.momentum", names: "is 1", "from 0 up to"),
    Row("rule.momentum=-0.5", field: "rule.momentum", names: "-0.5"),
    Row("rule.momentum=nan", field: "rule.momentum", names: "nan"),
    Row("rule=adam", "rule.beta1=1", field: "rule.beta1", names: "is 1"),
    Row("rule=adam", "rule.beta2=-1", field: "rule.beta2", names: "-1"),
    Row("rule=adam", "rule.epsilon=0", field: "rule.epsilon", names: "is 0", "above 0"),
    Row("l2=-1e-4", field: "l2", names: "-1e-4", "0 or more"),
    Row("weightDecay=-1", field: "weightDecay", names: "-1", "0 or more"),
    Row("rule=lars", "rule.trust=0", field: "rule.trust", names: "is 0", "above 0"),
    Row("rule=adamp", "rule.delta=-1", field: "rule.delta", names: "-1", "0 or more"),
    Row("rule=sgdp", "rule.weightDecayRatio=2", field: "rule.weightDecayRatio", names: "is 2", "from 0 to 1"),
    Row("rule=riemannian-sgd", "rule.clip=-1", field: "rule.clip", names: "-1", "0 or more"),
    Row("groups.head.learningRate=-1", field: "groups.head.learningRate", names: "is -1", "0 or more"),
    Row("rule=adam", "groups.head.epsilon=0", field: "groups.head.epsilon", names: "is 0", "above 0"),
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
    Row("staleness=2", field: "staleness", names: "is 2", "0 (synchronous)"),
    Row("dataset.limit=-5", field: "dataset.limit", names: "-5"),
    Row("schedule.warmup=-1", field: "schedule.warmup", names: "-1"),
    Row("execution.servers=0", field: "execution.servers", names: "is 0", "1 to 64"),
    Row("execution.servers=65", field: "execution.servers", names: "65", "1 to 64"),
    Row("execution.workers=0", field: "execution.workers", names: "is 0"),
    Row("execution.threads=0", field: "execution.threads", names: "is 0"),
    Row("execution.joinDeadline=0", field: "execution.joinDeadline", names: "is 0"),
    Row("execution.metricsEvery=0", field: "execution.metricsEvery", names: "is 0"),
    Row("execution.listen=localhost:7000", field: "execution.listen", names: "localhost:7000", "tcp://ADDRESS:PORT"),
    Row("execution.listen=tcp://host:70000", field: "execution.listen", names: "70000"),
    Row("execution.listen=tcp://localhost:0", field: "execution.listen", names: "localhost", "IPv4"),
    Row("execution.listen=tcp://[::1]:0", field: "execution.listen", names: "[::1]", "IPv4"),
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
      "rule=sgd", "rule.momentum=0.9", field: "rule.momentum", names: "0.9", "\"sgd\"",
      "heavy-ball, nesterov, lars, sgdp or riemannian-sgd"),
    Row("rule=adam", "rule.momentum=0.9", field: "rule.momentum", names: "\"adam\""),
    Row("rule.beta1=0.9", field: "rule.beta1", names: "\"nesterov\"", "adam, adamw, lion, lamb or adamp"),
    Row("rule.beta2=0.9", field: "rule.beta2", names: "\"nesterov\""),
    Row("rule.trust=0.1", field: "rule.trust", names: "\"nesterov\"", "use lars"),
    Row("rule=adam", "rule.delta=0.1", field: "rule.delta", names: "\"adam\"", "adamp or sgdp"),
    Row("rule=lion", "rule.clip=0.1", field: "rule.clip", names: "\"lion\"", "riemannian-sgd"),
    Row("rule=lion", "groups.head.epsilon=1e-8", field: "groups.head.epsilon", names: "1e-08", "\"lion\""),
    Row("rule=sgd", "rule.epsilon=1e-8", field: "rule.epsilon", names: "1e-08", "\"sgd\""),
    Row("steps=10", "epochs=2", field: "steps", names: "steps is 10", "epochs is 2.0", "one of the two"),
    Row("precision=double", "backend=onednn", field: "backend", names: "\"onednn\"", "reference"),
    Row("execution.transport=inproc", field: "execution.transport", names: "inproc", "launcher threads"),
    Row(
      "execution.launcher=threads", "execution.transport=tcp", field: "execution.transport", names: "\"tcp\"", "inproc"),
    Row("rule=adamw", "l2=1e-4", field: "l2", names: "adamw", "weightDecay", "rule adam"),
    Row("rule=lion", "l2=1e-4", field: "l2", names: "\"lion\"", "weightDecay"),
    Row("rule=lamb", "l2=1e-4", field: "l2", names: "\"lamb\"", "weightDecay"),
    Row("rule=adamp", "l2=1e-4", field: "l2", names: "\"adamp\"", "weightDecay"),
    Row("rule=sgdp", "l2=1e-4", field: "l2", names: "\"sgdp\"", "weightDecay"),
    Row("rule=riemannian-sgd", "l2=1e-4", field: "l2", names: "keeps the length", "accepted: 0"),
    Row("rule=riemannian-sgd", "weightDecay=0.1", field: "weightDecay", names: "0.1", "keeps the length"),
    Row("rule=adamw", "groups.head.l2=1e-4", field: "l2", names: "0.0001"),
    Row("execution.launcher=none", field: "execution.listen", names: "--listen", "tcp://ADDRESS:PORT"),
    Row("execution.listen=tcp://0.0.0.0:0", field: "execution.listen", names: "tcp://0.0.0.0:0", "launcher none"),
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
      names: "is true", "\"none\"", "batch, weight, layer or group"),
    Row("normalizationGroups=4", field: "normalizationGroups", names: "is 4", "\"batch\"", "normalization group"),
    Row("normalization=layer", "normalizationGroups=8", field: "normalizationGroups", names: "is 8", "\"layer\""),
    Row(
      "normalization=weight", "normalizationEpsilon=1e-5", field: "normalizationEpsilon",
      names: "1e-05", "\"weight\"", "batch, layer or group"),
    Row("normalization=none", "normalizationEpsilon=0", field: "normalizationEpsilon", names: "0.0", "\"none\""),
    Row("normalization=none", "regularizeGammaBeta=true", field: "regularizeGammaBeta", names: "another normalization"),
    Row("dataset=cifar-10", field: "dataset.path", names: "missing", "cifar-10"),
    Row("dataset=mnist", field: "dataset.path", names: "missing", "mnist"),
    Row("dataset.path=/data", field: "dataset.path", names: "glyphs"),
    Row("schedule=step", field: "schedule.every", names: "missing"),
    Row("schedule.every=5", field: "schedule.every", names: "\"constant\"", "schedule step"),
    Row("schedule=step", "schedule.every=5", "schedule.final=0", field: "schedule.final", names: "schedule cosine"),
    Row("network=mlp", "microbatch=1", field: "microbatch", names: "is 1", "2 or more"),
    Row("dataset.limit=100", "epochs=1", field: "epochs", names: "1.0", "100 images", "batches of 128", "0 steps"),
  ]

  @Test("one sentence names field, value and what is accepted", arguments: names + ranges + contradictions)
  func refused(row: Row) throws {
    let layer = try row.settings.map { try Assignment(setting: $0) }
    let error = try #require(throws: SpecError.self) { try RunSpec(layers: [layer]) }
    #expect(error.exitCode == 64)
    #expect(error.field == row.field)
    #expect(error.sentence.hasPrefix(row.field) || row.field == "dataset.path")
    #expect(error.sentence.hasSuffix(".") && !error.sentence.contains("\n"))
    for word in row.words { #expect(error.sentence.contains(word), "\(error.sentence)") }
  }

  @Test("values that come by no text are checked too")
  func checkedWithoutText() {
    var spec = RunSpec()
    spec.rule.learningRate = .nan
    #expect(throws: SpecError.self) { try spec.validate() }
    spec.rule.learningRate = 0.1
    spec.steps = 3
    spec.epochs = 1
    let error = #expect(throws: SpecError.self) { try spec.validate() }
    #expect(error?.field == "steps")
  }

  @Test(
    "unusual but sound specs pass",
    arguments: [
      [], ["rule=adam", "weightDecay=0.1"], ["rule=sgd", "weightDecay=0.1"], ["rule.momentum=0"], ["epochs=0.25"],
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
      ["rule=adam", "groups.gammaBeta.epsilon=1e-3"], ["rule=riemannian-sgd", "rule.clip=0"],
      ["dataset=fashion-mnist", "dataset.path=/data"],
    ])
  func accepted(settings: [String]) throws {
    let spec = try RunSpec(layers: [settings.map { try Assignment(setting: $0) }])
    try spec.resolved.validate()
    #expect(spec.resolved.resolved == spec.resolved)
  }

  @Test("every rule runs with its own defaults", arguments: RuleSpec.Name.allCases)
  func defaults(of rule: RuleSpec.Name) throws {
    let spec = try RunSpec(layers: [[Assignment(setting: "rule=\(rule.rawValue)")]])
    try spec.resolved.validate()
    #expect(type(of: try spec.rule.make()).name == rule.rawValue)
    #expect(spec.resolved.rule.learningRate == rule.defaults.learningRate)
  }

  @Test(
    "layer projection of weights that are invariant per filter is allowed, with a warning",
    arguments: [("batch", 1), ("weight", 1), ("layer", 0), ("group", 0)])
  func layerProjectionWarns(normalization: String, warnings: Int) throws {
    let spec = try SpecSamples.spec(["projection=layer", "normalization=\(normalization)"])
    try spec.validate()
    #expect(spec.warnings.count == warnings)
    #expect(spec.warnings.allSatisfy { $0.contains("\(normalization) normalisation") })
    #expect(try SpecSamples.spec(["projection=filter"]).warnings.isEmpty)
  }
}
