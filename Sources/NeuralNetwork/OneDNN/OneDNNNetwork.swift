import OneDNN
import Parameters

/// A network compiled for one thread: lists of operations over tensors in the library's layouts, with plain OIHW
/// weights and gradients at the edge.
///
/// Create and run it on one thread. The additional operations of evaluation are compiled on its first call.
@safe final class OneDNNNetwork {
  private let architecture: Architecture
  private let labelSmoothing: Double
  private let stream: Stream
  private let program: Program
  private let images: Memory
  private let scores: Memory
  private let slopes: Memory
  private let normalizations: [any OneDNNBatchStatistics]
  private let dropouts: [OneDNNDropout]
  private let forward: [any Operation]
  private let backward: [BackwardPart]
  private var evaluation: [any Operation]?
  private var weights: UnsafePointer<Float>?
  /// The gradient that `multiply` writes.
  private var unused: Buffer<Float>?
  /// Told of each change between computing and copying.
  var onWork: ((Work) -> Void)?

  init(_ architecture: Architecture, microbatch: Int, _ settings: Backends.Settings = .init()) throws(OneDNNError) {
    Library.useOneThread()
    self.architecture = architecture
    labelSmoothing = settings.labelSmoothing
    let engine = try Engine.processor()
    stream = try Stream(on: engine)
    program = Program(
      samples: microbatch, of: settings.activations.element, multiplying: settings.productElement, on: engine)
    let input = architecture.input
    images = try Memory(
      TensorDescriptor(plain: [microbatch, input.channels, input.height, input.width]), on: engine)
    let layers = try OneDNNNetwork.compile(
      architecture, settings, reading: images, in: program)
    // The loss is computed in float32.
    let plain = try TensorDescriptor(plain: [microbatch, architecture.classes])
    scores = try program.arranged(program.rounded(layers.last?.layer.output ?? images), as: plain)
    forward = program.takeOperations()
    normalizations = layers.compactMap { $0.layer as? any OneDNNBatchStatistics }
    dropouts = layers.compactMap { $0.layer as? OneDNNDropout }
    slopes = try program.plan.take(plain)
    program.plan.release(scores)
    let lowest = layers.firstIndex(where: \.hasParameters) ?? 0
    var slope: Memory? = try program.rounded(slopes)
    for (index, layer) in layers.enumerated().reversed() {
      guard let current = slope else { break }
      slope = try layer.layer.backward(current, wantsInput: index > lowest, in: program)
    }
    backward = BackwardPart.parts(
      of: program.takeOperations(), storing: program.storedGradients, parameters: architecture.layout.offsets)
    try program.commit()
  }

  /// The memory of the images.
  var input: Buffer<Float>? {
    unsafe images.floats.map {
      unsafe Buffer(borrowing: $0, count: program.samples * architecture.input.count, owner: images)
    }
  }

  /// Convolutions and dense layers of a step, each pass counted.
  var productCount: Int { program.products.count }

  /// Bytes of activations, gradients between layers, and scratch memory.
  var byteCount: Int { program.byteCount + images.descriptor.byteCount + dropouts.reduce(0) { $0 + $1.byteCount } }

  /// Converts the weights to the layouts of the primitives, once for all microbatches that use them.
  func load(_ weights: UnsafePointer<Float>) throws(OneDNNError) {
    Library.useOneThread()
    unsafe self.weights = weights
    // The library only reads through these views, so the flat vector is not modified.
    let start = unsafe UnsafeMutablePointer(mutating: weights)
    for (memory, offset) in program.weightViews { try unsafe memory.bind(to: start + offset) }
    try run(program.loading)
  }

  func gradient(
    images: UnsafePointer<Float>, labels: UnsafePointer<UInt8>, firstSample: Int,
    into gradient: UnsafeMutablePointer<Float>,
    finished: (_ offset: Int, Tally) -> Void
  ) throws(OneDNNError) {
    Library.useOneThread()
    onWork?(.copy)
    unsafe copy(images, count: program.samples)
    for dropout in dropouts { dropout.draw(firstSample: firstSample) }
    try unsafe bindGradient(to: gradient)
    try run(forward)
    for normalization in normalizations {
      unsafe normalization.storeStatistics(into: gradient, samples: program.samples)
    }
    let outcome = unsafe loss(labels, count: program.samples, gradient: slopes.floats)
    for part in backward {
      try run(part.operations)
      finished(part.offset, outcome)
    }
  }

  /// Runs the convolutions and dense layers of a step alone, on what their tensors hold from the last one. What they write into a
  /// gradient goes to a vector of its own.
  func multiply() throws(OneDNNError) {
    Library.useOneThread()
    let gradient = unused ?? Buffer<Float>(count: architecture.layout.count)
    unused = gradient
    try unsafe bindGradient(to: gradient.start)
    try run(program.products)
  }

  func evaluate(
    images: UnsafePointer<Float>, labels: UnsafePointer<UInt8>, count: Int
  ) throws(OneDNNError) -> Tally {
    precondition(
      (0...program.samples).contains(count), "\(count) samples do not fit into a microbatch of \(program.samples)")
    Library.useOneThread()
    let operations = try compiledEvaluation()
    for dropout in dropouts { dropout.open() }
    unsafe copy(images, count: count)
    try run(operations)
    return unsafe loss(labels, count: count, gradient: nil)
  }

  private static func compile(
    _ architecture: Architecture, _ settings: Backends.Settings, reading images: Memory, in program: Program
  ) throws(OneDNNError) -> [(layer: any OneDNNLayer, hasParameters: Bool)] {
    let stages = architecture.stages
    var layers: [(layer: any OneDNNLayer, hasParameters: Bool)] = []
    let pixels = try program.rounded(images)
    var current = pixels
    var junctions: [String: OneDNNJunction] = [:]
    var masks = architecture.dropoutMasks(seed: settings.seed)
    var next = 0
    for (index, stage) in stages.enumerated() where index >= next {
      let fusedReLU = index + 1 < stages.count && stages[index + 1].layer == .relu
      next = index + 1
      if let pooled = try OneDNNPooledNormalization(at: index, of: stages, reading: current, in: program) {
        layers.append((pooled, true))
        (current, next) = (pooled.output, pooled.end)
        continue
      }
      current = try program.rounded(current)
      let layer: any OneDNNLayer
      switch stage.layer {
      case .convolution(let outputs, let kernel, let stride):
        let algorithms = ConvolutionAlgorithms(
          input: stage.input, outputs: outputs, kernel: kernel, stride: stride,
          hasBias: stage.offset(ifPresent: .bias) != nil, isFirst: index == 0, settings)
        layer =
          algorithms.areOwn
          ? try OneDNNWinograd(stage, outputs: outputs, reading: current, in: program)
          : try OneDNNConvolution(
            stage, outputs: outputs, kernel: kernel, stride: stride, by: algorithms, reading: current, in: program)
      case .dense(let outputs):
        // A dense first layer reads the images as plain rows, with which the library is faster.
        let rows =
          current === pixels
          ? try program.plan.view(
            of: pixels, as: TensorDescriptor(plain: [program.samples, architecture.input.count], of: program.element))
          : current
        layer =
          program.productElement == .float32 && stage.offset(ifPresent: .bias) == nil
          ? try OneDNNPlainDense(stage, outputs: outputs, reading: rows, in: program)
          : try OneDNNDense(stage, outputs: outputs, reading: rows, in: program)
      case .batchNormalization(let epsilon):
        layer = try OneDNNBatchNormalization(
          stage, epsilon: epsilon, fusedReLU: fusedReLU, reading: current, in: program)
      case .groupNormalization(let groups, let epsilon):
        layer = try OneDNNSampleNormalization(
          stage, groups: groups, centers: true, epsilon: epsilon, fusedReLU: fusedReLU, reading: current, in: program)
      case .rmsNormalization(let epsilon):
        layer = try OneDNNSampleNormalization(
          stage, centers: false, epsilon: epsilon, fusedReLU: fusedReLU, reading: current, in: program)
      case .weightNormalization: preconditionFailure("weights are normalized before a backend sees them")
      case .relu where index > 0 && stages[index - 1].layer.isNormalization: continue
      case .relu: layer = try OneDNNActivation(.relu, reading: current, in: program)
      case .gelu: layer = try OneDNNActivation(.gelu, reading: current, in: program)
      case .dropout: layer = try OneDNNDropout(masks.removeFirst(), reading: current, in: program)
      case .save(let tag):
        let save = OneDNNSave(stage, reading: current, in: program)
        junctions[tag] = save.junction
        layer = save
      case .add(let tag):
        guard let junction = junctions[tag] else { preconditionFailure("\(tag) is saved before it is added") }
        layer = try OneDNNAdd(stage, junction, reading: current, in: program)
      case .maxPool(let window):
        layer = try OneDNNPool(PoolGeometry(stage, window), .max, reading: current, in: program)
      case .averagePool(let window):
        layer = try OneDNNPool(PoolGeometry(stage, window), .average, reading: current, in: program)
      case .globalAveragePool:
        layer = try OneDNNPool(PoolGeometry(global: stage), .average, reading: current, in: program)
      case .flatten: continue  // the following dense layer reads the image directly
      }
      layers.append((layer, !stage.parameters.isEmpty))
      current = layer.output
    }
    return layers
  }

  private func compiledEvaluation() throws(OneDNNError) -> [any Operation] {
    if let evaluation { return evaluation }
    var operations = forward
    for normalization in normalizations.reversed() {
      try normalization.evaluation(in: program)
      operations.replaceSubrange(normalization.position...normalization.position, with: program.takeOperations())
    }
    try program.commit()
    evaluation = operations
    // The running statistics are parameters that have not been loaded before.
    if let weights = unsafe weights { try unsafe load(weights) }
    return operations
  }

  private func run(_ operations: [any Operation]) throws(OneDNNError) {
    if let onWork {
      for operation in operations {
        onWork(operation.changesLayout ? .copy : .compute)
        try operation.execute(on: stream)
      }
      onWork(.compute)
    } else {
      for operation in operations { try operation.execute(on: stream) }
    }
    try stream.wait()
  }

  private func bindGradient(to start: UnsafeMutablePointer<Float>) throws(OneDNNError) {
    for (memory, offset) in program.gradientViews { try unsafe memory.bind(to: start + offset) }
  }

  private func copy(_ source: UnsafePointer<Float>, count: Int) {
    guard let start = unsafe images.floats else { return }
    let sample = architecture.input.count
    if unsafe source != UnsafePointer(start) { unsafe start.update(from: source, count: count * sample) }
    unsafe (start + count * sample).update(repeating: 0, count: (program.samples - count) * sample)
  }

  private func loss(
    _ labels: UnsafePointer<UInt8>, count: Int, gradient: UnsafeMutablePointer<Float>?
  ) -> Tally {
    guard let scores = unsafe scores.floats else { preconditionFailure("the network was not committed") }
    return unsafe SoftmaxCrossEntropy.evaluate(
      scores: scores, labels: labels, count: count, classes: architecture.classes,
      smoothing: gradient == nil ? 0 : labelSmoothing, gradient: gradient)
  }
}
