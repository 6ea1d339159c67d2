import Benchmarks
import NeuralNetwork
import Parameters
import Testing

@Suite("Nominal operations")
struct OperationsTests {
  private static let image = ImageShape(channels: 3, height: 32, width: 32)

  /// Counted in PyTorch with hooks on its modules, in 10⁶ to two decimals.
  @Test(arguments: [("conv3", 20.68, 60.28), ("conv4", 123.09, 359.43)])
  func convolutional(preset: String, forward: Double, training: Double) throws {
    let network = try Architecture.preset(preset, input: Self.image)
    #expect(abs(network.forwardOperations * 1e-6 - forward) < 0.005)
    #expect(abs(network.trainingOperations * 1e-6 - training) < 0.005)
  }

  /// 3072·128 + 128·128 + 128·10 multiply-adds forward; the first layer passes nothing back.
  @Test func perceptron() throws {
    let network = try Architecture.preset("mlp", input: Self.image)
    #expect(network.forwardOperations == 2 * 410_880)
    #expect(network.trainingOperations == 6 * 410_880 - 2 * 393_216)
  }

  /// The tables that were fastest when measured.
  @Test(
    "algorithms",
    arguments: [
      ("conv3", .library, ["ddd", "wdw", "wdw"]), ("conv3", .own, ["ddd", "www", "www"]),
      ("conv3", nil, ["ddd", "ddd", "ddd"]), ("conv4", .library, ["ddd", "www", "www", "www"]),
      ("conv4", .own, ["ddd", "www", "www", "www"]), ("conv4", nil, ["ddd", "ddd", "ddd", "ddd"]),
      ("mlp", .library, []),
    ] as [(String, ConvolutionAlgorithms.Winograd?, [String])])
  func algorithms(preset: String, winograd: ConvolutionAlgorithms.Winograd?, words: [String]) throws {
    let network = try Architecture.preset(preset, input: Self.image)
    #expect(network.convolutionAlgorithms(.init(winograd: winograd)).map(\.description) == words)
  }
}
