import Parameters

extension Architecture {
  /// The algorithms of each convolution, in order.
  package func convolutionAlgorithms(_ settings: Backends.Settings = .init()) -> [ConvolutionAlgorithms] {
    stages.enumerated().compactMap { index, stage in
      guard case .convolution(let outputs, let kernel, let stride) = stage.layer else { return nil }
      // The β of weight normalization is computed as a bias: see `EffectiveWeights`.
      let becomesBiased = stages.dropFirst(index + 1).first?.layer == .weightNormalization
      return ConvolutionAlgorithms(
        input: stage.input, outputs: outputs, kernel: kernel, stride: stride,
        hasBias: stage.offset(ifPresent: .bias) != nil || becomesBiased, isFirst: index == 0, settings)
    }
  }
}
