/// What follows from the order of a network's layers, before anything has an extent.
struct LayerChain: Hashable {
  let layers: [Layer]
  let biasBeforeNormalization: Bool

  /// The layer after `index`; `nil` after the head.
  func next(after index: Int) -> Layer? { index + 1 < layers.count ? layers[index + 1] : nil }

  /// Whether a linear layer has a bias. Before a normalization, β replaces it.
  func hasBias(_ index: Int) -> Bool {
    layers[index].isLinear && (next(after: index).map { !$0.isNormalization || biasBeforeNormalization } ?? true)
  }

  /// Whether a linear layer's bias reaches the output, so that scaling the weights alone changes the function.
  func shiftsOutput(_ index: Int) -> Bool { hasBias(index) && next(after: index)?.removesBias != true }

  /// Whether a later layer removes the scale of the output of `layers[index]`, with only homogeneous layers in between.
  func losesScale(after index: Int) -> Bool {
    for later in (index + 1)..<layers.count {
      if layers[later].removesScale { return true }
      guard layers[later].isPositivelyHomogeneous, !shiftsOutput(later) else { return false }
    }
    return false
  }
}
