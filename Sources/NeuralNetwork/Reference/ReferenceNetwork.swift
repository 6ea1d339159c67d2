import Parameters

/// A network as a chain of plain loops, with shortcuts beside it; every activation and every gradient has a buffer of its own.
struct ReferenceNetwork<Scalar: KernelScalar> {
  let architecture: Architecture
  let microbatch: Int
  private let layers: [ReferenceLayer<Scalar>]
  /// `activations[i]` is the input of layer i, `activations[i + 1]` its output.
  private let activations: [Buffer<Scalar>]
  private let slopes: [Buffer<Scalar>]
  /// By the index of the layer that adds.
  private let residuals: [Int: Residual]
  /// By the index of the dropout layer.
  private let dropouts: [Int: Dropout]
  private let labelSmoothing: Double
  private let rounding: BFloat16Rounding<Scalar>?

  /// What a layer adds to its input.
  private struct Residual {
    /// The layer that saves it.
    let source: Int
    let shortcut: ReferenceShortcut<Scalar>
    /// With respect to what is saved.
    let slopes: Buffer<Scalar>
  }

  private struct Dropout {
    let mask: DropoutMask
    /// As drawn for the current microbatch.
    let factors: Buffer<Scalar>

    func apply(to values: UnsafeMutablePointer<Scalar>) {
      for element in 0..<factors.count { unsafe values[element] *= factors.start[element] }
    }
  }

  init(_ architecture: Architecture, microbatch: Int, _ settings: Backends.Settings) {
    self.architecture = architecture
    rounding = settings.activations == .bfloat16 ? BFloat16Rounding(architecture) : nil
    self.microbatch = microbatch
    labelSmoothing = settings.labelSmoothing
    // In row-major order flatten is the identity, so it is omitted from the chain.
    let stages = architecture.stages.filter { $0.layer != .flatten }
    layers = stages.map { ReferenceLayer($0) }
    let counts = [architecture.input.count] + stages.map(\.output.count)
    self.activations = counts.map { Buffer(count: microbatch * $0) }
    slopes = counts.map { Buffer(count: microbatch * $0) }
    var residuals: [Int: Residual] = [:]
    var saved: [String: Int] = [:]
    for (index, stage) in stages.enumerated() {
      if case .save(let tag) = stage.layer { saved[tag] = index }
      guard case .add(let tag) = stage.layer, let source = saved[tag] else { continue }
      let shortcut = Shortcut(from: stages[source].output, to: stage.input)
      residuals[index] = Residual(
        source: source, shortcut: ReferenceShortcut(shortcut: shortcut),
        slopes: Buffer(count: microbatch * shortcut.from.count))
    }
    self.residuals = residuals
    let positions = stages.indices.filter { if case .dropout = stages[$0].layer { true } else { false } }
    let masks = zip(positions, architecture.dropoutMasks(seed: settings.seed)).map { index, mask in
      (index, Dropout(mask: mask, factors: Buffer(count: microbatch * mask.count)))
    }
    dropouts = Dictionary(uniqueKeysWithValues: masks)
  }

  func gradient(
    images: UnsafePointer<Scalar>, labels: UnsafePointer<UInt8>, firstSample: Int, weights: UnsafePointer<Scalar>,
    into gradient: UnsafeMutablePointer<Scalar>
  ) -> Tally {
    let weights = unsafe rounding?.weights(weights) ?? weights
    for dropout in dropouts.values {
      unsafe dropout.mask.draw(firstSample: firstSample, samples: microbatch, into: dropout.factors.start)
    }
    unsafe forward(images, weights, samples: microbatch, training: true)
    let last = layers.count
    let outcome = unsafe SoftmaxCrossEntropy.evaluate(
      scores: UnsafePointer(activations[last].start), labels: labels, count: microbatch,
      classes: architecture.classes, smoothing: labelSmoothing, gradient: slopes[last].start)
    rounding?.round(slopes[last])
    unsafe gradient.update(repeating: 0, count: architecture.layout.count)
    for index in layers.indices.reversed() {
      let below: UnsafeMutablePointer<Scalar>? = index == 0 ? nil : unsafe slopes[index].start
      if index > 0 { unsafe slopes[index].elements.update(repeating: 0) }
      unsafe layers[index].backward(
        UnsafePointer(activations[index].start), weights, dy: UnsafePointer(slopes[index + 1].start), dx: below,
        gradient: gradient, samples: microbatch)
      unsafe dropouts[index]?.apply(to: slopes[index].start)
      passResiduals(at: index)
      rounding?.round(slopes[index])
    }
    return outcome
  }

  func evaluate(
    images: UnsafePointer<Scalar>, labels: UnsafePointer<UInt8>, count: Int, weights: UnsafePointer<Scalar>
  ) -> Tally {
    precondition((0...microbatch).contains(count), "\(count) samples do not fit into a microbatch of \(microbatch)")
    unsafe forward(images, rounding?.weights(weights) ?? weights, samples: count, training: false)
    return unsafe SoftmaxCrossEntropy.evaluate(
      scores: UnsafePointer(activations[layers.count].start), labels: labels, count: count,
      classes: architecture.classes, gradient: nil)
  }

  private func forward(
    _ images: UnsafePointer<Scalar>, _ weights: UnsafePointer<Scalar>, samples: Int, training: Bool
  ) {
    unsafe activations[0].start.update(from: images, count: samples * architecture.input.count)
    rounding?.round(activations[0])
    for index in layers.indices {
      unsafe activations[index + 1].elements.update(repeating: 0)
      unsafe layers[index].forward(
        UnsafePointer(activations[index].start), weights, into: activations[index + 1].start, samples: samples,
        training: training)
      if training { unsafe dropouts[index]?.apply(to: activations[index + 1].start) }
      if let residual = residuals[index] {
        unsafe residual.shortcut.forward(
          UnsafePointer(activations[residual.source + 1].start), into: activations[index + 1].start, samples: samples)
      }
      rounding?.round(activations[index + 1])
    }
  }

  /// Keeps the slope of what layer `index` adds; or takes it, if the layer saves.
  private func passResiduals(at index: Int) {
    if let residual = residuals[index] {
      unsafe residual.slopes.elements.update(repeating: 0)
      unsafe residual.shortcut.backward(
        UnsafePointer(slopes[index + 1].start), into: residual.slopes.start, samples: microbatch)
    }
    for residual in residuals.values where residual.source == index {
      for element in 0..<residual.slopes.count { unsafe slopes[index].start[element] += residual.slopes.start[element] }
    }
  }
}
