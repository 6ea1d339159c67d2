import NeuralNetwork
import Parameters
import Testing

/// What the audit says of each tensor, against what scaling it does to the loss.
@Suite("The audit of scale-invariance")
struct ScaleAuditTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let lines: [String]
    var normalization = Normalization.batch
    var biasBefore = false

    var testDescription: String { "\(name) \(normalization.rawValue)\(biasBefore ? " after a bias" : "")" }

    var architecture: Architecture {
      get throws {
        try Architecture(
          name: name, lines: lines, normalization: normalization, settings: .init(groups: 4, biasBefore: biasBefore),
          input: ImageShape(channels: 3, height: 8, width: 8), classes: 10)
      }
    }
  }

  private static let presets = Architecture.presets.flatMap { preset in
    Normalization.allCases.map {
      Case(name: preset, lines: Architecture.lines(ofPreset: preset) ?? [], normalization: $0)
    }
  }

  /// Normalizations behind the nonlinearity, two in a row of one layer, and none before the head.
  private static let others = [
    Case(name: "behind relu", lines: ["conv 8", "relu", "batchNorm", "flatten", "dense classes"]),
    Case(name: "behind pooling", lines: ["conv 8", "relu", "maxPool 2", "layerNorm", "flatten", "dense classes"]),
    Case(name: "a chain", lines: ["conv 8", "conv 8", "groupNorm 4", "relu", "flatten", "dense classes"]),
    Case(name: "mixed", lines: ["conv 8", "weightNorm", "relu", "conv 8", "batchNorm", "flatten", "dense classes"]),
    Case(
      name: "residual",
      lines: [
        "conv 8", "norm", "relu", "save x", "conv 8", "norm", "relu", "conv 8", "norm", "add x", "relu", "conv 8",
      ]
        + ["norm", "relu", "flatten", "dense classes"]),
    // Units that are dead for all images have no variance.
    Case(
      name: "dead units",
      lines: ["flatten", "dense 64", "relu", "batchNorm", "dense 8", "relu", "batchNorm", "dense classes"]),
    Case(name: "gelu", lines: ["conv 8", "gelu", "batchNorm", "flatten", "dense classes"]),
    Case(name: "input norm", lines: ["batchNorm", "conv 8", "relu", "flatten", "dense classes"]),
  ]

  private static let controls = Normalization.allCases.filter { $0 != .none }.map {
    Case(name: "conv3", lines: Architecture.lines(ofPreset: "conv3") ?? [], normalization: $0, biasBefore: true)
  }

  @Test("scaling each tensor changes the loss exactly if the structure says so", arguments: presets + others + controls)
  func proof(of given: Case) throws {
    let probe = Probe<Double>(try given.architecture, samples: 4)
    // No constant of the layout is 0: scaling that would prove nothing.
    var weights = probe.weights
    for (index, parameter) in probe.architecture.layout.parameters.enumerated()
    where parameter.role == .beta || parameter.role == .bias {
      for element in probe.architecture.layout.range(of: index) { weights[element] += 0.1 * Double(element % 5 - 2) }
    }
    let proof = try ScaleProof(
      probe.architecture, images: probe.images, labels: probe.labels, weights: weights)
    for tensor in probe.architecture.audit {
      let outcome = try proof.outcome(of: tensor)
      if tensor.verdict.isInvariant {
        #expect(outcome.changeAtSmallEpsilon < 1e-12, "\(tensor.parameter.name): \(tensor.verdict)")
      } else {
        #expect(outcome.changeAtSmallEpsilon > 1e-6, "\(tensor.parameter.name): \(tensor.verdict)")
      }
    }
  }

  @Test("every trained tensor is audited once, in network order", arguments: presets)
  func complete(of given: Case) throws {
    let architecture = try given.architecture
    let trained = architecture.layout.parameters.filter { !$0.role.isStatistic }
    #expect(architecture.audit.map(\.parameter) == trained)
  }

  @Test("the verdicts of the paper's setting, in words")
  func words() throws {
    func words(_ normalization: Normalization, biasBefore: Bool = false) throws -> [String: String] {
      let given = Case(
        name: "conv3", lines: ["conv 8", "norm", "relu", "conv 16", "norm", "flatten", "dense classes"],
        normalization: normalization, biasBefore: biasBefore)
      return Dictionary(
        uniqueKeysWithValues: try given.architecture.audit.map { ($0.parameter.name, $0.verdict.words) })
    }
    let batch = try words(.batch)
    #expect(batch["conv1.weight"] == "filter" && batch["head.weight"] == "no")
    #expect(batch["norm1.gamma"] == "jointly with norm1.beta" && batch["norm2.gamma"] == "no")
    #expect(try words(.layer)["conv1.weight"] == "layer" && words(.group)["conv2.weight"] == "groups of 4 filters")
    #expect(try words(.none)["conv1.weight"] == "no")
    #expect(try words(.layer, biasBefore: true)["conv1.weight"] == "jointly with conv1.bias")
    #expect(try words(.batch, biasBefore: true)["conv1.bias"] == "no effect")
  }
}
