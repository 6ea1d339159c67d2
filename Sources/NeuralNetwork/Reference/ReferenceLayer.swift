import Parameters

/// One layer with its loops. An enum, so that each call is direct and compiled for its scalar.
enum ReferenceLayer<Scalar: KernelScalar> {
  case convolution(ReferenceConvolution<Scalar>)
  case stridedConvolution(ReferenceStridedConvolution<Scalar>)
  case dense(ReferenceDense<Scalar>)
  case batchNormalization(ReferenceBatchNormalization<Scalar>)
  case sampleNormalization(ReferenceSampleNormalization<Scalar>)
  case relu(ReferenceReLU<Scalar>, elements: Int)
  case gelu(ReferenceGELU<Scalar>, elements: Int)
  /// `save`, `add` without what it adds, and `dropout` without its mask.
  case copy(elements: Int)
  case maxPool(ReferenceMaxPool<Scalar>)
  case averagePool(ReferenceAveragePool<Scalar>)
  case flatten

  init(_ stage: Stage) {
    switch stage.layer {
    case .convolution(let outputs, let kernel, 1):
      self = .convolution(ReferenceConvolution(stage, outputs: outputs, kernel: kernel))
    case .convolution(_, let kernel, let stride):
      self = .stridedConvolution(ReferenceStridedConvolution(stage, kernel: kernel, stride: stride))
    case .dense(let outputs): self = .dense(ReferenceDense(stage, outputs: outputs))
    case .batchNormalization(let epsilon):
      self = .batchNormalization(ReferenceBatchNormalization(stage, epsilon: epsilon))
    case .groupNormalization(let groups, let epsilon):
      self = .sampleNormalization(
        ReferenceSampleNormalization(stage, groups: groups, centers: true, epsilon: epsilon))
    case .rmsNormalization(let epsilon):
      self = .sampleNormalization(ReferenceSampleNormalization(stage, centers: false, epsilon: epsilon))
    case .weightNormalization: preconditionFailure("weights are normalized before a backend sees them")
    case .relu: self = .relu(ReferenceReLU(), elements: stage.input.count)
    case .gelu: self = .gelu(ReferenceGELU(), elements: stage.input.count)
    case .save, .add, .dropout: self = .copy(elements: stage.input.count)
    case .maxPool(let window): self = .maxPool(ReferenceMaxPool(geometry: PoolGeometry(stage, window)))
    case .averagePool(let window): self = .averagePool(ReferenceAveragePool(geometry: PoolGeometry(stage, window)))
    case .globalAveragePool: self = .averagePool(ReferenceAveragePool(geometry: PoolGeometry(global: stage)))
    case .flatten: self = .flatten
    }
  }

  /// - Parameter y: zeroed.
  func forward(
    _ x: UnsafePointer<Scalar>, _ weights: UnsafePointer<Scalar>, into y: UnsafeMutablePointer<Scalar>, samples: Int,
    training: Bool
  ) {
    switch self {
    case .convolution(let layer): unsafe layer.forward(x, weights, into: y, samples: samples)
    case .stridedConvolution(let layer): unsafe layer.forward(x, weights, into: y, samples: samples)
    case .dense(let layer): unsafe layer.forward(x, weights, into: y, samples: samples)
    case .batchNormalization(let layer):
      unsafe layer.forward(x, weights, into: y, samples: samples, batchStatistics: training)
    case .sampleNormalization(let layer): unsafe layer.forward(x, weights, into: y, samples: samples)
    case .relu(let layer, let elements): unsafe layer.forward(x, into: y, count: samples * elements)
    case .gelu(let layer, let elements): unsafe layer.forward(x, into: y, count: samples * elements)
    case .copy(let elements): unsafe y.update(from: x, count: samples * elements)
    case .maxPool(let layer): unsafe layer.forward(x, into: y, samples: samples)
    case .averagePool(let layer): unsafe layer.forward(x, into: y, samples: samples)
    case .flatten: break
    }
  }

  /// - Parameter dx: zeroed; `nil` before the first layer with parameters, where it is not needed.
  func backward(
    _ x: UnsafePointer<Scalar>, _ weights: UnsafePointer<Scalar>, dy: UnsafePointer<Scalar>,
    dx: UnsafeMutablePointer<Scalar>?, gradient: UnsafeMutablePointer<Scalar>, samples: Int
  ) {
    switch self {
    case .convolution(let layer):
      unsafe layer.backward(x, weights, dy: dy, dx: dx, gradient: gradient, samples: samples)
    case .stridedConvolution(let layer):
      unsafe layer.backward(x, weights, dy: dy, dx: dx, gradient: gradient, samples: samples)
    case .dense(let layer):
      unsafe layer.backward(x, weights, dy: dy, dx: dx, gradient: gradient, samples: samples)
    case .batchNormalization(let layer):
      unsafe layer.backward(x, weights, dy: dy, dx: dx, gradient: gradient, samples: samples)
    case .sampleNormalization(let layer):
      unsafe layer.backward(x, weights, dy: dy, dx: dx, gradient: gradient, samples: samples)
    case .relu(let layer, let elements):
      if let dx = unsafe dx { unsafe layer.backward(x, dy: dy, dx: dx, count: samples * elements) }
    case .gelu(let layer, let elements):
      if let dx = unsafe dx { unsafe layer.backward(x, dy: dy, dx: dx, count: samples * elements) }
    case .copy(let elements): if let dx = unsafe dx { unsafe dx.update(from: dy, count: samples * elements) }
    case .maxPool(let layer):
      if let dx = unsafe dx { unsafe layer.backward(x, dy: dy, dx: dx, samples: samples) }
    case .averagePool(let layer):
      if let dx = unsafe dx { unsafe layer.backward(dy: dy, dx: dx, samples: samples) }
    case .flatten: break
    }
  }
}
