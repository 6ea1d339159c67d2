import NeuralNetwork
import Parameters
import Testing

/// The compiled network in float32 against plain loops in `Double`, on equal inputs.
@Suite struct OneDNNAgainstReferenceTests {
  @Test(arguments: SmallNetworks.names, [4, 7])
  func gradient(name: String, samples: Int) throws {
    let probe = Probe<Float>(try SmallNetworks.architecture(name), samples: samples)
    let (outcome, gradient) = try probe.gradient(probe.make(.oneDNN))
    let wide = probe.widened
    let (expected, reference) = try wide.gradient(wide.make(.reference))
    #expect(abs(outcome.lossSum - expected.lossSum) <= 1e-5 * expected.lossSum)
    #expect((outcome.correct, outcome.samples) == (expected.correct, samples))
    expectClose(gradient, reference, probe.architecture.layout, tolerance: 1e-5)
  }

  @Test("a normalization before a pool whose windows have more pixels than the kernels number")
  func largeWindow() throws {
    let architecture = try Architecture(
      name: "large window", input: ImageShape(channels: 3, height: 18, width: 18),
      layers: [
        .convolution(outputs: 16, kernel: 3), .batchNormalization(), .relu, .maxPool(.init(size: 16, stride: 2)),
        .flatten, .dense(outputs: 10),
      ])
    let probe = Probe<Float>(architecture, samples: 3)
    let wide = probe.widened
    let (_, gradient) = try probe.gradient(probe.make(.oneDNN))
    let (_, reference) = try wide.gradient(wide.make(.reference))
    expectClose(gradient, reference, architecture.layout, tolerance: 1e-5)
  }

  @Test("dense layers whose gradients are computed in pieces, the second with the gradient of its input")
  func pieces() throws {
    let architecture = try Architecture(
      name: "pieces", input: ImageShape(channels: 3, height: 32, width: 32),
      layers: [
        .flatten, .dense(outputs: 101), .batchNormalization(), .relu, .dense(outputs: 2700), .batchNormalization(),
        .relu, .dense(outputs: 10),
      ])
    let probe = Probe<Float>(architecture, samples: 8)
    let wide = probe.widened
    let backend = try probe.make(.oneDNN)
    let (_, gradient) = try probe.gradient(backend)
    let (_, reference) = try wide.gradient(wide.make(.reference))
    expectClose(gradient, reference, architecture.layout, tolerance: 1e-5)
    var offsets: [Int] = []
    let again = Buffer<Float>(count: gradient.count)
    try unsafe backend.gradient(
      images: probe.images, labels: probe.labels, firstSample: 0, into: again.start
    ) { offset, _ in offsets.append(offset) }
    // 101 · 3072 and 2700 · 101 weights are more than 2¹⁸: each second half is told by itself.
    let layout = architecture.layout
    for (index, half) in [(0, 50 * 3072), (5, 1350 * 101)] {
      #expect(layout.parameters[index].role == .weight)
      #expect(offsets.contains(layout.range(of: index).lowerBound + half))
    }
  }

  @Test(arguments: SmallNetworks.names)
  func evaluation(name: String) throws {
    let probe = Probe<Float>(try SmallNetworks.architecture(name), samples: 5)
    let wide = probe.widened
    let (backend, reference) = try (probe.make(.oneDNN), wide.make(.reference))
    for count in [5, 3, 1, 0, 5] {
      let outcome = try probe.evaluate(backend, count: count)
      let expected = try wide.evaluate(reference, count: count)
      #expect(abs(outcome.lossSum - expected.lossSum) <= 1e-5 * expected.lossSum)
      #expect((outcome.correct, outcome.samples) == (expected.correct, count))
    }
  }

  /// The plain loops in Float and Double differ only by rounding.
  @Test(arguments: SmallNetworks.names)
  func referenceInFloat(name: String) throws {
    let probe = Probe<Float>(try SmallNetworks.architecture(name), samples: 3)
    let wide = probe.widened
    let (_, gradient) = try probe.gradient(probe.make(.reference))
    let (_, expected) = try wide.gradient(wide.make(.reference))
    expectClose(gradient, expected, probe.architecture.layout, tolerance: 1e-5)
  }
}
