import Parameters

extension Architecture {
  /// About when the gradient is complete from `offset` on, as a part of a microbatch's time: multiplications of convolutions
  /// and dense layers are counted, one pass forward, and backward one for the weights and, above the first layer, one for the
  /// input.
  package func completion(from offset: Int) -> Double {
    let products: [(end: Int, count: Double)] = stages.compactMap { stage in
      guard let weight = stage.parameters[.weight] else { return nil }
      return (weight.upperBound, Double(weight.count) * Double(stage.output.area))
    }
    let forward = products.reduce(0) { $0 + $1.count }
    guard forward > 0 else { return 1 }
    var (whole, done) = (forward, forward)
    for (index, layer) in products.enumerated().reversed() {
      whole += index > 0 ? 2 * layer.count : layer.count
      // The weights' gradient comes before the input's.
      if layer.end > offset { done = whole - (index > 0 ? layer.count : 0) }
    }
    return offset == 0 ? 1 : done / whole
  }
}
