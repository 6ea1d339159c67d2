import NeuralNetwork
import Parameters
import Testing

/// The convolutions and dense layers of a step alone.
@Suite struct ProductsTests {
  @Test(
    """
    each convolution and dense layer is there three times, but for the data gradient of the first; the gradient of mlp's first one
    is in two pieces
    """,
    arguments: [("mlp", 9), ("conv3", 11), ("conv4", 14)])
  func count(network: String, count: Int) throws {
    #expect(try Products(preset(network), microbatch: 4, activations: .full).count == count)
  }

  @Test("products between steps leave the bits of the next gradient as they are", arguments: ["mlp", "conv3"])
  func sameBits(network: String) throws {
    let probe = Probe<Float>(try preset(network), samples: 4)
    let expected = try probe.gradient(probe.make(.oneDNN)).gradient
    let products = try Products(probe.architecture, microbatch: 4, activations: .full)
    for _ in 0..<2 {
      let gradient = Buffer<Float>(count: probe.weights.count)
      try unsafe products.fill(
        weights: probe.weights, images: probe.images, labels: probe.labels, gradient: gradient.start)
      // Compared outside of the expectation, which would look for the differences of long lists.
      let isSame = unsafe gradient.elements.map(\.bitPattern) == expected.map(\.bitPattern)
      #expect(isSame)
      unsafe gradient.start.update(repeating: 0, count: gradient.count)
      try products.multiply()
      let isLeftAlone = unsafe gradient.elements.allSatisfy { $0 == 0 }
      #expect(isLeftAlone)
    }
  }

  private func preset(_ name: String) throws -> Architecture {
    try .preset(name, input: ImageShape(channels: 3, height: 32, width: 32))
  }
}
