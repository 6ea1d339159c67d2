package import OneDNN
package import Parameters

/// The available backends.
package enum Backends {
  package enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
    /// float32, or bfloat16 between layers, through the oneDNN library.
    case oneDNN
    /// Plain loops for any scalar, as the reference for tests.
    case reference
  }

  /// What layers hand on to each other. Parameters, their gradients, statistics and sums have the backend's scalar.
  package enum Activations: Hashable, Sendable {
    case full
    /// bfloat16: images, weights of convolutions and dense layers, the output of every layer, and the gradients with respect to
    /// those outputs are rounded, to nearest, ties to even.
    case bfloat16

    /// Of the library's tensors between layers.
    package var element: TensorDescriptor.Element { self == .full ? .float32 : .bfloat16 }
  }

  /// How a network is computed.
  package struct Settings: Hashable, Sendable {
    package var activations: Activations
    /// Of the tensors that convolutions and dense layers read and write; only oneDNN makes a difference.
    package var productElement: TensorDescriptor.Element
    /// Only oneDNN makes a difference, and `own` only with full activations.
    package var winograd: ConvolutionAlgorithms.Winograd?
    /// ε: in training the target is 1 − ε + ε / K for the label and ε / K for the other classes, K their number
    /// (Szegedy et al. 2016, arXiv:1512.00567).
    package var labelSmoothing: Double
    /// Picks the masks of dropout.
    package var seed: UInt64

    /// - Parameter productElement: by default, what is faster on this processor.
    package init(
      _ activations: Activations = .full, productElement: TensorDescriptor.Element? = nil,
      winograd: ConvolutionAlgorithms.Winograd? = .current, labelSmoothing: Double = 0, seed: UInt64 = 0
    ) {
      self.activations = activations
      self.winograd = winograd
      self.productElement = productElement ?? activations.productElement
      self.labelSmoothing = labelSmoothing
      self.seed = seed
    }
  }

  /// Creates an instance for use on the calling thread only.
  ///
  /// - Throws: `unsupportedScalar` if the backend does not compute in `Scalar`; `invalid` for a microbatch without
  ///   samples, or one whose batch statistics would rest on a single value.
  package static func make<Scalar: KernelScalar>(
    _ architecture: Architecture, microbatch: Int, kind: Kind, settings: Settings = Settings(),
    scalar: Scalar.Type = Scalar.self
  ) throws(NetworkError) -> any Backend<Scalar> {
    try check(architecture, microbatch)
    let made: any Backend
    // Concrete scalars, so that the loops are specialized in this module.
    switch (kind, Scalar.elementType) {
    case (.oneDNN, .float32), (.reference, .float32): made = try float(architecture, microbatch, kind, settings)
    case (.reference, .float64): made = try double(architecture, microbatch, settings)
    case (.oneDNN, .float64): throw unsupported(kind, .float64)
    }
    guard let backend = made as? any Backend<Scalar> else { throw unsupported(kind, Scalar.elementType) }
    return backend
  }

  private static func float(
    _ architecture: Architecture, _ microbatch: Int, _ kind: Kind, _ settings: Settings
  ) throws(NetworkError) -> any Backend<Float> {
    let effective = try EffectiveWeights<Float>(architecture)
    let plain = effective?.plain ?? architecture
    let backend: any Backend<Float> =
      switch kind {
      case .oneDNN: try OneDNNBackend(plain, microbatch: microbatch, settings)
      case .reference: ReferenceBackend<Float>(plain, microbatch: microbatch, settings)
      }
    return effective.map { WeightNormalizedBackend<Float>(backend, $0) } ?? backend
  }

  private static func double(
    _ architecture: Architecture, _ microbatch: Int, _ settings: Settings
  ) throws(NetworkError) -> any Backend<Double> {
    let effective = try EffectiveWeights<Double>(architecture)
    let backend = ReferenceBackend<Double>(effective?.plain ?? architecture, microbatch: microbatch, settings)
    return effective.map { WeightNormalizedBackend<Double>(backend, $0) } ?? backend
  }

  private static func unsupported(_ kind: Kind, _ scalar: ElementType) -> NetworkError {
    .unsupportedScalar(
      backend: kind.rawValue, scalar: scalar, accepted: kind == .oneDNN ? "float32" : "float32 or float64")
  }

  private static func check(_ architecture: Architecture, _ microbatch: Int) throws(NetworkError) {
    guard (1...(1 << 16)).contains(microbatch) else {
      throw .invalid(field: "microbatch", value: "\(microbatch)", accepted: "from 1 to 65536")
    }
    try architecture.check(microbatch: microbatch)
  }
}
