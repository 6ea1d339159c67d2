import NeuralNetwork
import OneDNN
import Parameters
import Testing

/// bfloat16 between layers: what it means, in plain loops, and that the library does just that.
@Suite("bfloat16") struct BFloat16Tests {
  /// How far b is from a, relative to a's length.
  private static func distance(_ a: some Sequence<Double>, _ b: some Sequence<Double>) -> Double {
    let (square, difference) = zip(a, b).reduce((0.0, 0.0)) {
      ($0.0 + $1.0 * $1.0, $0.1 + ($1.0 - $1.1) * ($1.0 - $1.1))
    }
    return (difference / square).squareRoot()
  }

  private static func cosine(_ a: [Double], _ b: [Double]) -> Double {
    func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
    return dot(a, b) / (dot(a, a) * dot(b, b)).squareRoot()
  }

  @Test(
    "the reference rounds: gradients are near those in full precision, and not equal", arguments: SmallNetworks.names)
  func reference(name: String) throws {
    let probe = Probe<Double>(try SmallNetworks.architecture(name), samples: 6)
    let (full, exact) = try probe.gradient(probe.make(.reference))
    let (outcome, rounded) = try probe.gradient(probe.make(.reference, .bfloat16))
    // A bfloat16 has 8 significant bits. Where a max pool or ReLU chooses otherwise, single elements differ entirely.
    #expect(Self.distance(exact, rounded) > 1e-4 && Self.cosine(exact, rounded) > 0.8)
    #expect(abs(outcome.lossSum / full.lossSum - 1) < 0.02)
  }

  @Test("a network whose numbers bfloat16 has is computed exactly")
  func exact() throws {
    // One dense layer: sums of small whole numbers, and equal scores, whose softmax is exact for two classes.
    let architecture = try Architecture(
      name: "exact", input: ImageShape(channels: 1, height: 2, width: 2), layers: [.flatten, .dense(outputs: 2)])
    var probe = Probe<Double>(architecture, samples: 4)
    probe.weights = probe.weights.indices.map { Double($0 % 4) - 1 }
    probe.weights.replaceSubrange(4..<8, with: probe.weights[0..<4])
    probe.weights[9] = probe.weights[8]
    probe.images = probe.images.indices.map { Double($0 % 5) - 2 }
    let (_, full) = try probe.gradient(probe.make(.reference))
    let (_, rounded) = try probe.gradient(probe.make(.reference, .bfloat16))
    #expect(full == rounded && full.contains { $0 != 0 })
    // One more bit than 8 is rounded to the even neighbor: 257 to 256, 259 to 260.
    for (number, neighbor) in [(257.0, 256.0), (259, 260), (258, 258)] {
      probe.images[0] = number
      let (_, rounded) = try probe.gradient(probe.make(.reference, .bfloat16))
      probe.images[0] = neighbor
      let (_, expected) = try probe.gradient(probe.make(.reference, .bfloat16))
      #expect(rounded == expected, "\(number)")
    }
  }

  /// One sample of one pixel, so that no number is a sum of more than a float32 holds.
  @Test(
    "where sums are exact, the library gives what the reference gives, bit by bit",
    .enabled(if: Library.hasBFloat16, "this processor has no instructions for bfloat16"),
    arguments: [[Layer](), [.convolution(outputs: 5, kernel: 3), .relu]], [TensorDescriptor.Element.bfloat16, .float32])
  func exactInTheLibrary(layers: [Layer], element: TensorDescriptor.Element) throws {
    let architecture = try Architecture(
      name: "exact", input: ImageShape(channels: 12, height: 1, width: 1),
      layers: layers + [.flatten, .dense(outputs: 3)])
    var probe = Probe<Float>(architecture, samples: 1)
    // Most need more than 8 bits.
    probe.weights = probe.weights.indices.map { Float($0 * 211 % 601 - 300) / 256 }
    probe.images = probe.images.indices.map { Float($0 * 97 % 503 - 251) / 256 }
    let (expectedOutcome, expected) = try probe.gradient(probe.make(.reference, .bfloat16))
    let (outcome, gradient) = try probe.gradient(probe.make(.oneDNN, .bfloat16, multiplying: element))
    #expect(outcome.lossSum == expectedOutcome.lossSum && gradient == expected)
    #expect(try probe.gradient(probe.make(.oneDNN)).gradient != expected)
  }

  /// Sums in another order round some numbers the other way, so the two are not equal; but they are nearer to each other than to
  /// full precision.
  @Test(
    "the library does what the reference defines, whatever products read and write",
    .enabled(if: Library.hasBFloat16, "this processor has no instructions for bfloat16"),
    arguments: SmallNetworks.names,
    [(4, TensorDescriptor.Element.bfloat16), (7, .bfloat16), (4, .float32), (7, .float32)])
  func library(name: String, on setting: (samples: Int, element: TensorDescriptor.Element)) throws {
    let probe = Probe<Float>(try SmallNetworks.architecture(name), samples: setting.samples)
    let make = { try probe.make(.oneDNN, .bfloat16, multiplying: setting.element) }
    let (outcome, gradient) = try probe.gradient(make())
    let wide = probe.widened
    let (expected, reference) = try wide.gradient(wide.make(.reference, .bfloat16))
    let (_, full) = try wide.gradient(wide.make(.reference))
    #expect(abs(outcome.lossSum / expected.lossSum - 1) < 5e-3)
    let (near, far) = (Self.distance(reference, gradient.map(Double.init)), Self.distance(reference, full))
    #expect(near < 0.5 * far, "\(near) from the reference, which is \(far) from full precision")
    // The same numbers again, and in another object.
    #expect(try probe.gradient(make()).gradient == gradient)
  }

  @Test(
    "evaluation, with fewer images than a microbatch, too",
    .enabled(if: Library.hasBFloat16, "this processor has no instructions for bfloat16"),
    arguments: SmallNetworks.names,
    [TensorDescriptor.Element.bfloat16, .float32])
  func evaluation(name: String, multiplying element: TensorDescriptor.Element) throws {
    let probe = Probe<Float>(try SmallNetworks.architecture(name), samples: 5)
    let wide = probe.widened
    let (backend, reference) = try (
      probe.make(.oneDNN, .bfloat16, multiplying: element), wide.make(.reference, .bfloat16)
    )
    for count in [5, 3, 1, 0] {
      let (outcome, expected) = try (probe.evaluate(backend, count: count), wide.evaluate(reference, count: count))
      #expect(abs(outcome.lossSum - expected.lossSum) <= 1e-2 * expected.lossSum, "\(count)")
    }
  }
}
