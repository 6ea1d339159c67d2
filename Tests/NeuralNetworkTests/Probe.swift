import NeuralNetwork
import OneDNN
import Parameters
import Testing

/// A network with fixed weights and one fixed microbatch.
struct Probe<Scalar: KernelScalar> {
  let architecture: Architecture
  let samples: Int
  var weights: [Scalar]
  var images: [Scalar]
  var labels: [UInt8]

  init(_ architecture: Architecture, samples: Int) {
    self.architecture = architecture
    self.samples = samples
    weights = Formula.weights(architecture.layout).map { Scalar($0) }
    images = Formula.images(architecture.input, samples: samples).map { Scalar($0) }
    labels = Formula.labels(samples: samples, classes: architecture.classes)
  }

  func make(
    _ kind: Backends.Kind, _ activations: Backends.Activations = .full,
    multiplying element: TensorDescriptor.Element? = nil, winograd: ConvolutionAlgorithms.Winograd? = .current,
    labelSmoothing: Double = 0, seed: UInt64 = 0
  ) throws -> any Backend<Scalar> {
    try Backends.make(
      architecture, microbatch: samples, kind: kind,
      settings: .init(
        activations, productElement: element, winograd: winograd, labelSmoothing: labelSmoothing, seed: seed))
  }

  func gradient(
    _ backend: any Backend<Scalar>, firstSample: Int = 0
  ) throws -> (outcome: Tally, gradient: [Scalar]) {
    var gradient = [Scalar](repeating: .nan, count: architecture.layout.count)
    let outcome = try unsafe weights.withUnsafeBufferPointer { weights in
      try unsafe backend.load(#require(weights.baseAddress))
      return try unsafe backend.gradient(
        images: images, labels: labels, firstSample: firstSample, into: &gradient)
    }
    return (outcome, gradient)
  }

  func evaluate(_ backend: any Backend<Scalar>, count: Int? = nil) throws -> Tally {
    try unsafe weights.withUnsafeBufferPointer { weights in
      try unsafe backend.load(#require(weights.baseAddress))
      return try unsafe backend.evaluate(images: images, labels: labels, count: count ?? samples)
    }
  }
}

extension Probe where Scalar == Float {
  /// The same numbers in `Double`.
  var widened: Probe<Double> {
    var probe = Probe<Double>(architecture, samples: samples)
    probe.weights = weights.map(Double.init)
    probe.images = images.map(Double.init)
    return probe
  }
}
