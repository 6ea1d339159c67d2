import NeuralNetwork
import RunDefinition
import Specification
import TestSupport
import Testing

@Suite("Runs of a listed network")
struct CustomNetworkTests {
  private static func settings(_ layers: String, _ others: [String] = []) -> [String] {
    ["network.layers=[\(layers)]"] + others
  }

  @Test("the list of a preset trains the preset's network", arguments: ["mlp", "conv3", "conv4"])
  func preset(name: String) throws {
    let lines = try #require(Architecture.lines(ofPreset: name)).joined(separator: ", ")
    for normalization in ["batch", "none", "group"] {
      let others = ["normalization=\(normalization)"]
      let listed = try RunDefinition(Self.settings(lines, others)).architecture
      let named = try RunDefinition(["network=\(name)"] + others).architecture
      #expect(listed.stages == named.stages && listed.layout == named.layout)
    }
  }

  @Test(
    "what needs scale-invariant weights is refused where a layer's are not, and the layer is named",
    arguments: [
      (["projection=filter"], "conv 8, layerNorm, flatten, dense classes", "projection", "conv1.weight"),
      (["projection=layer"], "conv 8, batchNorm, conv 8, flatten, dense classes", "projection", "conv2.weight"),
      (
        ["optimizer=riemannian-sgd"], "conv 8, relu, batchNorm, flatten, dense classes", "optimizer.name",
        "conv1.weight"
      ),
    ])
  func invariance(settings: [String], layers: String, field: String, weight: String) throws {
    let error = #expect(throws: SpecError.self) { try RunDefinition(Self.settings(layers, settings)) }
    #expect(error?.field == field && error?.description.contains(weight) == true, "\(String(describing: error))")
    // The normalization of the field has no part in a network that does not use it.
    let others = settings + ["normalization=none"]
    _ = try RunDefinition(Self.settings("conv 8, batchNorm, relu, flatten, dense classes", others))
  }

  @Test("windows whose gradients the library would misplace in bfloat16 are refused there and nowhere else")
  func wideWindows() throws {
    let layers = "conv 4, maxPool 16, flatten, dense classes"
    let error = #expect(throws: SpecError.self) {
      try RunDefinition(Self.settings(layers, ["precision=bfloat16"]))
    }
    #expect(error?.field == "precision" && error?.description.contains("maxPool 16") == true)
    _ = try RunDefinition(Self.settings(layers))
    _ = try RunDefinition(Self.settings(layers, ["precision=bfloat16", "backend=reference"]))
    _ = try RunDefinition(Self.settings("conv 4, maxPool 15, flatten, dense classes", ["precision=bfloat16"]))
  }

  @Test("a microbatch of one sample is refused where it has no variance")
  func microbatch() throws {
    let others = ["microbatch=1", "batch=2"]
    let error = #expect(throws: NetworkError.self) {
      try RunDefinition(Self.settings("flatten, dense 8, batchNorm, dense classes", others))
    }
    #expect(error?.description.contains("norm1 takes the variance of the microbatch") == true)
    _ = try RunDefinition(Self.settings("flatten, dense 8, layerNorm, dense classes", others))
  }
}
