import NeuralNetwork
import OneDNN
import Parameters
import Testing

@Suite struct ArchitectureTests {
  private static let cifar = ImageShape(channels: 3, height: 32, width: 32)
  private static let mnist = ImageShape(channels: 1, height: 28, width: 28)

  /// Numbers of trained parameters; those for three channels of 32×32 are PyTorch's count.
  @Test(arguments: [
    ("conv3", cifar, 113_962), ("conv3", mnist, 9 * (32 + 32 * 64 + 64 * 128) + 448 + 11_530),
    ("conv4", cifar, 1_560_138), ("conv4", mnist, 1_556_938),
    ("mlp", cifar, 3072 * 128 + 256 + 128 * 128 + 256 + 1290), ("mlp", mnist, 784 * 128 + 256 + 128 * 128 + 256 + 1290),
  ])
  func counts(name: String, input: ImageShape, trained: Int) throws {
    let layout = try Architecture.preset(name, input: input).layout
    let found = layout.parameters.filter { !$0.role.isStatistic }.map(\.shape.count).reduce(0, +)
    #expect(found == trained)
  }

  @Test func namesGroupsAndInvariance() throws {
    let parameters = try Architecture.preset("conv3", input: Self.cifar).layout.parameters
    #expect(
      parameters.prefix(6).map(\.name) == [
        "conv1.weight", "norm1.gamma", "norm1.beta", "norm1.running_mean", "norm1.running_var", "conv2.weight",
      ])
    #expect(parameters.suffix(2).map(\.name) == ["head.weight", "head.bias"])
    #expect(parameters[0].shape == Shape(32, 3, 3, 3))
    #expect(parameters[0].initializer == .heNormal(fanIn: 27))
    for parameter in parameters {
      let head = parameter.layer == "head"
      let expected: Parameter.Group =
        switch parameter.role {
        case .weight, .bias: head ? .head : .weights
        case .gamma, .beta: .gammaBeta
        case .runningMean, .runningVariance: .statistics
        }
      #expect(parameter.group == expected)
      #expect(parameter.invariance == (parameter.role == .weight && !head ? .filter : .none))
    }
  }

  @Test(arguments: Architecture.presets)
  func withoutNormalization(name: String) throws {
    let layout = try Architecture.preset(name, normalization: .none, input: Self.mnist).layout
    #expect(layout.parameters.allSatisfy { $0.invariance == .none && !$0.role.isStatistic })
    let layers = Set(layout.parameters.map(\.layer))
    #expect(
      layers.allSatisfy { layout.index(named: "\($0).bias") != nil && layout.index(named: "\($0).weight") != nil })
  }

  /// Groups of 8 among 32, 64 and 128 channels; all filters before layer norm.
  @Test(arguments: [
    (Normalization.none, [Parameter.ScaleInvariance.none, .none, .none]), (.batch, [.filter, .filter, .filter]),
    (.weight, [.filter, .filter, .filter]),
    (.layer, [.groups(ofFilters: 32), .groups(ofFilters: 64), .groups(ofFilters: 128)]),
    (.group, [.groups(ofFilters: 4), .groups(ofFilters: 8), .groups(ofFilters: 16)]),
  ])
  func invarianceByNormalization(normalization: Normalization, expected: [Parameter.ScaleInvariance]) throws {
    let parameters = try Architecture.preset("conv3", normalization: normalization, input: Self.cifar).layout.parameters
    #expect(parameters.filter { $0.role == .weight }.map(\.invariance) == expected + [.none])
    #expect(parameters.contains { $0.role.isStatistic } == (normalization == .batch))
    let biases = parameters.filter { $0.role == .bias }.map(\.name)
    #expect(biases.count == (normalization == .none ? 4 : 1))
  }

  /// Which (γ, β) of a chain lead to a normalization that removes the scale of activations.
  @Test(arguments: [false, true])
  func jointInvariance(biased: Bool) throws {
    func convolution(_ normalization: Layer) -> [Layer] {
      [.convolution(outputs: 4, kernel: 3), normalization, .relu]
    }
    let layers =
      convolution(.batchNormalization()) + convolution(.weightNormalization) + [.maxPool(.init(size: 2, stride: 2))]
      + convolution(.groupNormalization(groups: 2)) + convolution(.batchNormalization())
      + [.convolution(outputs: 4, kernel: 3), .relu] + convolution(.batchNormalization())
      + [.globalAveragePool, .flatten, .dense(outputs: 4), .groupNormalization(groups: 1), .dense(outputs: 10)]
    let parameters = try Architecture(
      name: "chain", input: Self.mnist, layers: layers, biasBeforeNormalization: biased
    ).layout.parameters
    // Weight norm's β and a plain layer's bias keep the scale from passing; so does a bias before group and layer norm.
    let passes = [false, !biased, true, false, !biased, false]
    for role in [Parameter.Role.gamma, .beta] {
      #expect(parameters.filter { $0.role == role }.map(\.isJointlyInvariant) == passes)
    }
    #expect(parameters.allSatisfy { [.gamma, .beta].contains($0.role) || !$0.isJointlyInvariant })
  }

  @Test(
    arguments: [
      ([], "layers: an empty list is not accepted; it must be a list that ends with a dense layer"),
      ([.relu], "layers[0] (relu): the last layer must be dense with at most 256 outputs, one a class"),
      ([.dense(outputs: 10)], "layers[0] (dense): a dense layer reads a flat vector: put flatten before it"),
      (
        [.convolution(outputs: 4, kernel: 2)],
        "layers[0] (convolution): kernel is 2; it must be an odd number from 1 to 31"
      ),
      ([.convolution(outputs: 0, kernel: 3)], "layers[0] (convolution): outputs is 0; it must be from 1 to 16384"),
      (
        [.maxPool(.init(size: 9, stride: 2))],
        "layers[0] (maxPool): a window of 9 does not fit into 1×4×4 with padding 0"
      ),
      (
        [.averagePool(.init(size: 2, stride: 2, padding: 2))],
        "layers[0] (averagePool): padding is 2; it must be from 0 to half the size"
      ),
      ([.flatten, .relu], "layers[0] (flatten): a dense layer must follow it"),
      (
        [.flatten, .dense(outputs: 8), .convolution(outputs: 4, kernel: 3)],
        "layers[2] (convolution): an image layer cannot follow flatten"
      ),
      (
        [.flatten, .dense(outputs: 12), .groupNormalization(groups: 8), .dense(outputs: 10)],
        "normalizationGroups: 8 is not accepted; it must be a divisor of the 12 channels of dense1"
      ),
      (
        [.flatten, .dense(outputs: 8), .groupNormalization(groups: 8), .dense(outputs: 10)],
        "normalizationGroups: 8 is not accepted; it must be less than the 8 channels of dense1, because one value has no "
          + "variance"
      ),
      (
        [.groupNormalization(groups: 0), .flatten, .dense(outputs: 10)],
        "normalizationGroups: 0 is not accepted; it must be a divisor of the 1 channels of the image"
      ),
      (
        [.batchNormalization(epsilon: -1), .flatten, .dense(outputs: 10)],
        "normalizationEpsilon: -1.0 is not accepted; it must be a number, 0 or more"
      ),
      (
        [.convolution(outputs: 4, kernel: 3), .relu, .weightNormalization, .flatten, .dense(outputs: 10)],
        "layers[2] (weightNormalization): it must directly follow a convolution or a dense layer"
      ),
      (
        [
          .convolution(outputs: 4, kernel: 3), .weightNormalization, .batchNormalization(), .flatten,
          .dense(outputs: 10),
        ],
        "layers[1] (weightNormalization): no other normalization can directly follow it"
      ),
    ] as [([Layer], String)])
  func refusesLayers(layers: [Layer], sentence: String) {
    let error = #expect(throws: NetworkError.self) {
      try Architecture(name: "test", input: ImageShape(channels: 1, height: 4, width: 4), layers: layers)
    }
    #expect(error?.description == sentence)
  }

  @Test func refusesFields() throws {
    #expect(throws: NetworkError.unknownPreset("conv5")) { try Architecture.preset("conv5", input: Self.cifar) }
    #expect(throws: NetworkError.self) {
      try Architecture.preset("mlp", input: ImageShape(channels: 0, height: 1, width: 1))
    }
    let architecture = try Architecture.preset("mlp", input: Self.mnist)
    #expect(
      throws: NetworkError.unsupportedScalar(backend: "oneDNN", scalar: .float64, accepted: "float32")
    ) {
      try Backends.make(architecture, microbatch: 2, kind: .oneDNN, scalar: Double.self)
    }
    for microbatch in [-1, 0, 1, 1 << 20] {
      #expect(throws: NetworkError.self) {
        try Backends.make(architecture, microbatch: microbatch, kind: .reference, scalar: Float.self)
      }
    }
  }
}
