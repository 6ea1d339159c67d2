import CKernels
import NeuralNetwork
import Parameters
import Testing

/// Winograd's algorithm by Tare's own kernels, whatever this processor's workers use.
@Suite("Own Winograd") struct WinogradTests {
  /// Tiles that reach beyond the image, planes smaller than a tile, and as many channels as are in several blocks.
  private static func network(_ height: Int, _ width: Int) throws -> Architecture {
    try Architecture(
      name: "winograd", input: ImageShape(channels: 3, height: height, width: width),
      layers: [
        .convolution(outputs: 32, kernel: 3), .batchNormalization(), .gelu, .save("shortcut"),
        .convolution(outputs: 40, kernel: 3), .batchNormalization(), .gelu, .convolution(outputs: 32, kernel: 3),
        .batchNormalization(), .add("shortcut"), .flatten, .dense(outputs: 10),
      ])
  }

  @Test(
    "gradient and evaluation are those of plain loops in Double; the last microbatch comes in parts of unequal size",
    arguments: [(8, 8, 4), (9, 6, 5), (3, 5, 2), (1, 1, 3), (18, 17, 41)])
  func againstReference(height: Int, width: Int, samples: Int) throws {
    let probe = Probe<Float>(try Self.network(height, width), samples: samples)
    let wide = probe.widened
    let (backend, reference) = try (probe.make(.oneDNN, winograd: .own), wide.make(.reference))
    let (outcome, gradient) = try probe.gradient(backend)
    let (expected, exact) = try wide.gradient(reference)
    #expect(abs(outcome.lossSum - expected.lossSum) <= 1e-5 * expected.lossSum)
    expectClose(gradient, exact, probe.architecture.layout, tolerance: 1e-5)
    let (found, plain) = try (probe.evaluate(backend, count: 1), wide.evaluate(reference, count: 1))
    #expect(abs(found.lossSum - plain.lossSum) <= 1e-5 * plain.lossSum)
  }

  @Test("both layers between the first and the last use it, but not before weight normalization, nor in bfloat16")
  func choice() throws {
    func own(_ network: Architecture, _ activations: Backends.Activations = .full) -> [Bool] {
      network.convolutionAlgorithms(.init(activations, winograd: .own)).map { $0.areOwn }
    }
    let network = try Self.network(8, 8)
    let weightNormalized = try Architecture(
      name: "weight norm", input: network.input,
      layers: [
        .convolution(outputs: 32, kernel: 3), .weightNormalization, .relu, .convolution(outputs: 32, kernel: 3),
        .weightNormalization, .relu, .flatten, .dense(outputs: 10),
      ])
    #expect(own(network) == [false, true, true])
    #expect(own(network, .bfloat16) == [false, false, false])
    #expect(own(weightNormalized) == [false, false])
  }

  @Test("it is what is tested: with the direct algorithm, the last bits are others")
  func differsFromDirect() throws {
    let probe = Probe<Float>(try Self.network(8, 8), samples: 4)
    let own = try probe.gradient(probe.make(.oneDNN, winograd: .own)).gradient
    let direct = try probe.gradient(probe.make(.oneDNN, winograd: nil)).gradient
    #expect(own != direct)
  }

  @Test("all instruction sets give the same bits")
  func instructionSets() {
    let expected = Self.transformed(on: .plain)
    for set in InstructionSet.available { #expect(Self.transformed(on: set) == expected) }
    for numbers in expected { #expect(Set(numbers).count > numbers.count / 2, "the numbers are no constants") }
  }

  /// The bits of each transformation of fixed numbers.
  private static func transformed(on set: InstructionSet) -> [[UInt32]] {
    var images = tare_images(samples: 2, channels: 16, height: 6, width: 9)
    var filters = tare_filters(outputs: 3, inputs: 16)
    let pixels = 2 * 16 * 6 * 9
    let count = Int(tare_winograd_matrices)
    let matrices = unsafe count * tare_winograd_image_matrix(&images)
    let (weights, filterMatrices) = unsafe (3 * 16 * 9, count * tare_winograd_filter_matrix(&filters))
    func run(from count: Int, to result: Int, _ body: (UnsafePointer<Float>, UnsafeMutablePointer<Float>) -> Void)
      -> [UInt32]
    {
      let source = (0..<count).map { Float(($0 * 7919) % 1009) / 997 - 0.5 }
      var target = [Float](repeating: 0, count: result)
      unsafe body(source, &target)
      return target.map(\.bitPattern)
    }
    let isa = set.number
    return [
      unsafe run(from: pixels, to: matrices) { unsafe tare_winograd_source(isa, &images, $0, $1) },
      unsafe run(from: pixels, to: matrices) { unsafe tare_winograd_slope(isa, &images, $0, $1) },
      unsafe run(from: matrices, to: pixels) { unsafe tare_winograd_destination(isa, &images, $0, $1) },
      unsafe run(from: weights, to: filterMatrices) { unsafe tare_winograd_weights(isa, &filters, 0, $0, $1) },
      unsafe run(from: weights, to: filterMatrices) { unsafe tare_winograd_weights(isa, &filters, 1, $0, $1) },
      unsafe run(from: filterMatrices, to: weights) { unsafe tare_winograd_weights_gradient(isa, &filters, $0, $1) },
    ]
  }
}
