import Exports
import NeuralNetwork
import Parameters
import Testing

/// The names are those that PyTorch's modules give their tensors.
@Suite("Tensors of an exported PyTorch module")
struct TorchTensorTests {
  private static func tensors(
    _ lines: [String], _ normalization: Normalization = .batch, biasBefore: Bool = false
  ) throws -> [String: [Int]]? {
    let architecture = try Architecture(
      name: "custom", lines: lines, normalization: normalization, settings: .init(biasBefore: biasBefore),
      input: ImageShape(channels: 3, height: 8, width: 8), classes: 10)
    let tensors = TorchTensor.all(of: architecture)
    #expect(tensors.map { $0.map(\.parameter) == architecture.layout.parameters } != false)
    return tensors.map { Dictionary(uniqueKeysWithValues: $0.map { ($0.name, $0.extents) }) }
  }

  @Test("batch norm: weight, bias and running statistics; a layer before it has no bias")
  func batch() throws {
    #expect(
      try Self.tensors(["conv 4 kernel=5", "norm", "flatten", "dense classes"]) == [
        "conv1.weight": [4, 3, 5, 5], "norm1.weight": [4], "norm1.bias": [4], "norm1.running_mean": [4],
        "norm1.running_var": [4], "head.weight": [10, 256], "head.bias": [10],
      ])
  }

  @Test("weight norm: length and direction of torch.nn.utils.parametrizations.weight_norm, and β is the bias")
  func weight() throws {
    #expect(
      try Self.tensors(["conv 4", "norm", "flatten", "dense 6", "norm", "dense classes"], .weight) == [
        "conv1.parametrizations.weight.original0": [4, 1, 1, 1],
        "conv1.parametrizations.weight.original1": [4, 3, 3, 3], "conv1.bias": [4],
        "dense1.parametrizations.weight.original0": [6, 1], "dense1.parametrizations.weight.original1": [6, 256],
        "dense1.bias": [6], "head.weight": [10, 6], "head.bias": [10],
      ])
  }

  @Test("a bias before weight norm has no place in PyTorch's")
  func control() throws {
    #expect(try Self.tensors(["conv 4", "norm", "flatten", "dense classes"], .weight, biasBefore: true) == nil)
    #expect(try Self.tensors(["conv 8", "norm", "flatten", "dense classes"], .group, biasBefore: true) != nil)
  }
}
