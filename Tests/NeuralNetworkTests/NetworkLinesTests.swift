import NeuralNetwork
import Parameters
import Testing

@Suite("Networks as lines")
struct NetworkLinesTests {
  private static let image = ImageShape(channels: 3, height: 8, width: 8)

  private static func network(
    _ lines: [String], _ normalization: Normalization = .batch, groups: Int = 8, classes: Int = 10
  ) throws(NetworkError) -> Architecture {
    try Architecture(
      name: "custom", lines: lines, normalization: normalization, settings: .init(groups: groups), input: image,
      classes: classes)
  }

  @Test("each kind of line makes its layer, with the numbers that it names")
  func kinds() throws {
    let network = try Self.network([
      "conv 16 kernel=5", "batchNorm epsilon=1e-3", "relu", "maxPool 3 stride=2 padding=1", "conv outputs=8 kernel=1",
      "weightNorm", "averagePool 2", "conv 8", "groupNorm 4 epsilon=0", "conv 8", "layerNorm", "globalAveragePool",
      "flatten", "dense 12", "norm", "relu", "dense classes",
    ])
    #expect(
      network.layers == [
        .convolution(outputs: 16, kernel: 5), .batchNormalization(epsilon: 1e-3), .relu,
        .maxPool(.init(size: 3, stride: 2, padding: 1)), .convolution(outputs: 8, kernel: 1), .weightNormalization,
        .averagePool(.init(size: 2, stride: 2)), .convolution(outputs: 8, kernel: 3),
        .groupNormalization(groups: 4, epsilon: 0), .convolution(outputs: 8, kernel: 3), .groupNormalization(groups: 1),
        .globalAveragePool, .flatten, .dense(outputs: 12), .batchNormalization(), .relu, .dense(outputs: 10),
      ])
  }

  @Test("a shortcut is a name that is saved and added, and may be used again")
  func shortcuts() throws {
    let network = try Self.network([
      "conv 8", "save x", "conv 8", "gelu", "add x", "save x", "conv 12 stride=2", "add x", "flatten", "dense classes",
    ])
    #expect(
      network.layers.dropFirst().dropLast(2) == [
        .save("x"), .convolution(outputs: 8, kernel: 3), .gelu, .add("x"), .save("x"),
        .convolution(outputs: 12, kernel: 3, stride: 2), .add("x"),
      ])
    #expect(network.stages[7].output == ImageShape(channels: 12, height: 4, width: 4))
  }

  @Test("norm is what the run's normalization says, and nothing without one", arguments: Normalization.allCases)
  func norm(normalization: Normalization) throws {
    let network = try Self.network(["flatten", "dense 16", "norm", "relu", "dense classes"], normalization)
    let made = network.layers.dropFirst(2).first
    switch normalization {
    case .batch: #expect(made == .batchNormalization())
    case .layer: #expect(made == .groupNormalization(groups: 1))
    case .group: #expect(made == .groupNormalization(groups: 8))
    case .rms: #expect(made == .rmsNormalization())
    case .weight: #expect(made == .weightNormalization)
    default: #expect(made == .relu)
    }
  }

  @Test("the lines of a preset are the preset", arguments: Architecture.presets)
  func presets(name: String) throws {
    let lines = try #require(Architecture.lines(ofPreset: name))
    let image = ImageShape(channels: 3, height: 32, width: 32)
    let listed = try Architecture(
      name: name, lines: lines, normalization: .batch, settings: .init(), input: image, classes: 10)
    #expect(try listed == Architecture.preset(name, input: image))
  }

  @Test(
    "a line that is not understood or does not fit is named, with what is accepted",
    arguments: [
      (["convolution 3"], 1, "layer \"convolution\" is unknown"), (["conv"], 1, "outputs is missing"),
      (["conv 8 kernl=3"], 1, "\"kernl=3\" is unknown after conv; accepted: outputs, kernel"),
      (["conv 8 3"], 1, "\"3\" is unknown after conv"), (["relu 3"], 1, "accepted: nothing after it"),
      (["conv 8 outputs=9"], 1, "outputs is given twice"),
      (["conv x"], 1, "outputs is \"x\"; it must be a whole number"),
      (["conv 8 kernel=2"], 1, "kernel is 2"), (["", "relu"], 1, "layer \"\" is unknown"),
      (["flatten", "dense 0"], 2, "outputs is 0"), (["dense 4"], 1, "put flatten before it"),
      (["conv 8", "maxPool 40", "flatten", "dense classes"], 2, "a window of 40 does not fit into 8×8×8"),
      (
        ["conv 8", "groupNorm 3", "flatten", "dense classes"], 2, "groups is 3; it must be a divisor of the 8 channels"
      ),
      (["conv 8", "rmsNorm 3"], 2, "\"3\" is unknown after rmsNorm; accepted: epsilon=NUMBER"),
      (["conv 8", "batchNorm 1e-3"], 2, "accepted: epsilon=NUMBER"),
      (["conv 8", "groupNorm 4 1e-3"], 2, "accepted: groups, epsilon=NUMBER"),
      (["conv 8", "batchNorm epsilon=-1"], 2, "epsilon is \"-1\""), (["flatten", "dense 9"], 2, "10 classes"),
      (["flatten", "dense 16", "relu"], 3, "the last layer must be dense"),
      (["conv 8 stride=0"], 1, "stride is 0; it must be from 1 to 31"), (["save"], 1, "name is missing"),
      (["save x", "flatten", "dense classes"], 1, "x is never added"),
      (["conv 8", "add x", "flatten", "dense classes"], 2, "nothing is saved as x"),
      (["save x", "save x", "add x", "flatten", "dense classes"], 2, "x is saved already and was not added yet"),
      (
        ["conv 8", "save x", "conv 4", "add x", "flatten", "dense classes"], 4,
        "x is 8×8×8, which cannot be added to 4×8×8"
      ),
      (["save x", "conv 8", "maxPool 3 stride=1", "add x", "flatten", "dense classes"], 4, "cannot be added to 8×6×6"),
    ])
  func misfits(lines: [String], number: Int, words: String) throws {
    let error = #expect(throws: NetworkError.self) { try Self.network(lines) }
    guard case .line(number, lines[number - 1], let problem) = error else {
      return #expect(Bool(false), "\(String(describing: error))")
    }
    #expect(problem.contains(words), "\(problem)")
    #expect(error?.description.hasPrefix("network.layers, layer \(number) \"\(lines[number - 1])\": ") == true)
  }

  @Test("groups that do not fit where the line is norm are the error of their field")
  func fieldError() {
    let error = #expect(throws: NetworkError.self) {
      try Self.network(["conv 8", "norm", "flatten", "dense classes"], .group, groups: 3)
    }
    #expect(error?.description.hasPrefix("normalizationGroups: 3 is not accepted") == true)
  }

  @Test("an empty list is refused") func empty() {
    #expect(throws: NetworkError.self) { try Self.network([]) }
  }

  @Test("a listing has a row for each line, and the rows have all trained parameters")
  func listing() throws {
    let lines = try #require(Architecture.lines(ofPreset: "conv3"))
    for normalization in Normalization.allCases {
      let listing = try NetworkListing(
        lines: lines, normalization: normalization, settings: .init(), input: Self.image, classes: 10)
      #expect(listing.rows.map(\.line) == lines)
      let trained = listing.architecture.layout.parameters.filter { !$0.role.isStatistic }
      #expect(listing.rows.map(\.parameterCount).reduce(0, +) == trained.map(\.shape.count).reduce(0, +))
      #expect(listing.rows.contains { $0.stage == nil } == (normalization == .none))
    }
  }
}
