import NeuralNetwork
import Parameters
import Testing

/// When segments of the gradient are complete, counted in multiplications.
@Suite struct CompletionTests {
  /// 784 × 128, 128 × 128 and 128 × 10 products: forward once, then backward from the head on.
  @Test func mlp() throws {
    let network = try Architecture.preset("mlp", input: ImageShape(channels: 1, height: 28, width: 28))
    let (first, second, head) = (784.0 * 128, 128.0 * 128, 1280.0)
    let whole = 2 * first + 3 * (second + head)
    let offsets = ["dense1", "dense2", "head"].map { layer in
      network.layout.parameters.firstIndex { $0.layer == layer && $0.role == .weight }.map {
        network.layout.offsets[$0]
      }
    }
    let found = try offsets.map { network.completion(from: try #require($0)) }
    #expect(found[0] == 1)
    #expect(abs(found[1] - (first + second + head + 2 * head + second) / whole) < 1e-12)
    // Within a tensor, when all of it is complete.
    #expect(network.completion(from: try #require(offsets[1]) + 1000) == found[1])
    #expect(abs(found[2] - (first + second + head + head) / whole) < 1e-12)
  }

  @Test(arguments: Architecture.presets) func falls(network: String) throws {
    let network = try Architecture.preset(network, input: ImageShape(channels: 3, height: 32, width: 32))
    let found = network.layout.offsets.map { network.completion(from: $0) }
    #expect(found.first == 1 && zip(found, found.dropFirst()).allSatisfy { $0 >= $1 })
    #expect(found.allSatisfy { $0 > 1.0 / 3 })
  }
}
