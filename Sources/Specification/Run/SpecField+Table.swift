import Optimization

extension SpecField {
  /// Every field, in the order of help and of checks.
  package static let all: [SpecField] =
    data + network + optimization + constants + penalties + parameterGroups + length + arithmetic + execution

  private static let data: [SpecField] = [
    SpecField("dataset.name", \.dataset.name, flags: "dataset", help: "Images to train on; glyphs needs no files."),
    SpecField(
      "dataset.path", \.dataset.path, flags: "data", help: "Folder that holds the data set's files.",
      determinesBits: false, accepted: "a folder", accepts: { $0?.isEmpty != true }
    ).naming(.plan),
    SpecField(
      "dataset.train", \.dataset.train, help: "Training files in that folder; none: the usual ones.",
      accepted: "file names"
    ).naming(.dataset),
    SpecField(
      "dataset.test", \.dataset.test, help: "Test files in that folder; none: the usual ones.",
      accepted: "file names"
    ).naming(.dataset),
    SpecField(
      "dataset.limit", \.dataset.limit, help: "First training images to use; 0 = all.",
      accepted: "a whole number, 0 or more", accepts: { $0 >= 0 }),
    SpecField("dataset.shuffle", \.dataset.shuffle, help: "Whether each epoch has a new order."),
    SpecField(
      "dataset.augment", \.dataset.augment, flags: "augment",
      help: "Random mirror image, random shift by up to 4 pixels, or both."),
  ]

  private static let network: [SpecField] = [
    SpecField(
      "network.preset", \.network.preset, flags: "network",
      help: "Layers: dense, 3 or 4 convolutions, or those of network.layers."),
    SpecField(
      "network.layers", \.network.layers,
      help: "The layers in order, such as conv 32 kernel=5, norm, relu, dense classes.",
      accepted: "a list of layers (tare network --help)", accepts: { $0?.isEmpty != true }),
    SpecField(
      "normalization", \.normalization, flags: "normalization",
      help: "What follows each layer's weights; batch statistics are those of one microbatch."),
    SpecField(
      "normalizationGroups", \.normalizationGroups, flags: "normalization-groups",
      help: "Channel groups of normalization group, in every hidden layer.",
      accepted: "a whole number, 1 or more", accepts: { ($0 ?? 1) >= 1 }),
    SpecField(
      "normalizationEpsilon", \.normalizationEpsilon, flags: "normalization-epsilon",
      help: "Added to the variance under the root of a normalization.", accepted: notNegative, accepts: isNotNegative),
    SpecField(
      "biasBeforeNormalization", \.biasBeforeNormalization,
      help: "Whether layers before a normalization have a bias, which ends scale-invariance."),
    SpecField(
      "initScale", \.initScale, flags: "init-scale", help: "Factor on the He normal initial weights.",
      accepted: positive, accepts: isPositive),
    SpecField(
      "initRMS", \.initRMS, help: "Root mean square of each filter's initial weights; none: as drawn.",
      accepted: positive, accepts: isPositive),
    SpecField(
      "initialWeights", \.initialWeights, flags: "initial-weights",
      help: "Weights to begin with, named as in a run's weights or in PyTorch; none: drawn.",
      accepted: "a safetensors file", accepts: { $0?.isEmpty != true }
    ).naming(.plan),
  ]

  private static let optimization: [SpecField] = [
    SpecField(
      "labelSmoothing", \.labelSmoothing,
      help: "Part of each training target that is spread over all classes; none: 0.",
      accepted: "a number from 0 to below 1", accepts: { $0.map { $0 >= 0 && $0 < 1 } ?? true }),
    SpecField("optimizer.name", \.optimizer.name, flags: "optimizer", help: "The optimizer's update rule.")
      .formerly("rule.name"),
    SpecField(
      "optimizer.learningRate", \.optimizer.learningRate, flags: "learning-rate", "lr", help: "η, before the schedule.",
      accepted: positive, accepts: isPositive
    ).formerly("rule.learningRate"),
  ]

  /// One for each constant that an optimizer can have.
  private static let constants: [SpecField] = RuleConstant.allCases.map { constant in
    let range = constant.range
    var field = SpecField(
      "optimizer.\(constant.name)", \.optimizer[constant],
      help: "\(constant.meaning) of \(constant.owners.listed("and")).",
      accepted: range.words, accepts: { $0.map(range.contains) ?? true })
    if constant == .momentum { field.flags = ["momentum"] }
    return field.formerly("rule.\(constant == .trustCoefficient ? "trust" : constant.name)")
  }

  private static let penalties: [SpecField] = [
    SpecField(
      "l2", \.l2, flags: "l2", help: "λ of the penalty λ‖w‖² on weights (decay per step 2λ).",
      accepted: notNegative, accepts: isNotNegative),
    SpecField(
      "weightDecay", \.weightDecay, flags: "weight-decay",
      help: "Decoupled decay of weights, in most rules w ← w − η·weightDecay·w.",
      accepted: notNegative, accepts: isNotNegative),
    SpecField(
      "projection", \.projection, flags: "projection",
      help: "What has its norm restored after each step: nothing, each filter, each layer."),
    SpecField(
      "projectionRadius", \.projectionRadius, help: "The norm that projection restores.",
      accepted: positive, accepts: isPositive),
    SpecField("projectionKeepsL2", \.projectionKeepsL2, help: "Whether projected weights keep l2 inside the step."),
    SpecField(
      "regularizeGammaBeta", \.regularizeGammaBeta, help: "Whether l2 and weightDecay act on γ and β too."),
    SpecField(
      "schedule.name", \.schedule.name, flags: "schedule", help: "How η changes over the steps."),
    SpecField(
      "schedule.warmup", \.schedule.warmup, flags: "warmup", help: "Steps over which η rises linearly, from η/warmup.",
      accepted: "a whole number, 0 or more", accepts: { $0 >= 0 }),
    SpecField(
      "schedule.every", \.schedule.every, help: "Steps between two changes of schedule step.",
      accepted: "a whole number, 1 or more", accepts: { ($0 ?? 1) >= 1 }),
    SpecField(
      "schedule.factor", \.schedule.factor, help: "Factor on η at each change of schedule step.",
      accepted: "a number above 0, at most 2", accepts: { $0.map { $0 > 0 && $0 <= 2 } ?? true }),
    SpecField(
      "schedule.changes", \.schedule.changes, help: "How often schedule step changes η; none: to the end.",
      accepted: "a whole number, 1 or more", accepts: { ($0 ?? 1) >= 1 }),
    SpecField(
      "schedule.final", \.schedule.final, help: "Last η of schedule cosine, as a fraction of the first.",
      accepted: "a number from 0 to 1", accepts: { $0.map { $0 >= 0 && $0 <= 1 } ?? true }),
    SpecField(
      "follow", \.follow,
      help: "Run folder with recorded rates: each filter takes the effective rate that it had there.",
      accepted: "a folder", accepts: { $0?.isEmpty != true }
    ).naming(.plan),
  ]

  private static let parameterGroups: [SpecField] =
    group(
      "weights", "the weights of all layers but the last", rate: \.groups.weights.learningRate, l2: \.groups.weights.l2,
      weightDecay: \.groups.weights.weightDecay, epsilon: \.groups.weights.epsilon)
    + group(
      "gammaBeta", "γ and β", rate: \.groups.gammaBeta.learningRate, l2: \.groups.gammaBeta.l2,
      weightDecay: \.groups.gammaBeta.weightDecay, epsilon: \.groups.gammaBeta.epsilon)
    + group(
      "head", "the last layer", rate: \.groups.head.learningRate, l2: \.groups.head.l2,
      weightDecay: \.groups.head.weightDecay, epsilon: \.groups.head.epsilon)

  private typealias Location = any WritableKeyPath<RunSpec, Double?> & Sendable

  private static func group(
    _ name: String, _ members: String, rate: Location, l2: Location, weightDecay: Location, epsilon: Location
  ) -> [SpecField] {
    [
      SpecField(
        "groups.\(name).learningRate", rate, help: "η of \(members); 0 freezes them.", accepted: notNegative,
        accepts: isNotNegative),
      SpecField("groups.\(name).l2", l2, help: "λ of \(members).", accepted: notNegative, accepts: isNotNegative),
      SpecField(
        "groups.\(name).weightDecay", weightDecay, help: "Decoupled decay of \(members).",
        accepted: notNegative, accepts: isNotNegative),
      SpecField(
        "groups.\(name).epsilon", epsilon, help: "ε of the optimizer for \(members).", accepted: positive,
        accepts: isPositive),
    ]
  }

  private static let length: [SpecField] = [
    SpecField(
      "batch", \.batch, flags: "batch", "batch-size", help: "Samples a step.",
      accepted: "a whole number from 1 to 2²⁰", accepts: { (1...1 << 20).contains($0) }),
    SpecField(
      "microbatch", \.microbatch, flags: "microbatch", help: "Samples that one thread computes at a time.",
      accepted: "a whole number from 1 to 2¹⁶ that divides batch", accepts: { (1...1 << 16).contains($0) }),
    SpecField(
      "steps", \.steps, flags: "steps", help: "Steps to train, instead of epochs.",
      accepted: "a whole number from 1 to 10⁹", accepts: { (1...RunSpec.mostSteps).contains($0 ?? 1) }),
    SpecField(
      "epochs", \.epochs, flags: "epochs", help: "Passes over the training images; fractions are fine.",
      accepted: positive, accepts: isPositive),
    SpecField(
      "staleness", \.staleness, flags: "staleness",
      help: "Versions that a gradient may be behind; 0 waits for all gradients of a step, and gives the same bits.",
      accepted: "a whole number from 0 to 10⁹, or unbounded", accepts: { $0.isAccepted }),
    SpecField(
      "backup", \.backup, flags: "backup",
      help: "How many of a batch's slowest microbatches a step does not wait for; they go into a later one.",
      accepted: "a whole number from 1, less than batch / microbatch", accepts: { $0.map { $0 > 0 } ?? true }),
    SpecField(
      "seed", \.seed, flags: "seed", help: "Picks initial weights, order and augmentation.",
      accepted: "a whole number from 0 to 2⁵³ − 1", accepts: { $0 >= 0 && $0 < 1 << 53 }),
  ]

  private static let arithmetic: [SpecField] = [
    SpecField(
      "precision", \.precision, flags: "precision",
      help: "Element type of weights and gradients; bfloat16: float for both, and bfloat16 between layers."),
    SpecField(
      "wire", \.wire, flags: "wire",
      help: "What gradients and weights are rounded to between workers and servers; float32: as computed."),
    SpecField(
      "backend", \.backend, flags: "backend", help: "Who computes; auto: reference for double, onednn otherwise."),
    SpecField("isa", \.isa, flags: "isa", help: "Vector instructions; auto: the widest of this machine."),
  ]
}

// Ranges that several fields share: the words, and the test that they describe.

private let positive = NumberRange.positive.words
private let notNegative = NumberRange.notNegative.words

@Sendable private func isPositive(_ value: Double) -> Bool { NumberRange.positive.contains(value) }
@Sendable private func isPositive(_ value: Double?) -> Bool { value.map(NumberRange.positive.contains) ?? true }
@Sendable private func isNotNegative(_ value: Double?) -> Bool { value.map(NumberRange.notNegative.contains) ?? true }

extension SpecField {
  /// The same field, with a path that an earlier version gave it.
  fileprivate func formerly(_ path: String) -> SpecField {
    var field = self
    field.formerPaths.append(path)
    return field
  }

  /// The same field, whose text is the path of a folder or file.
  func naming(_ base: PathBase) -> SpecField {
    var field = self
    field.pathBase = base
    return field
  }
}
