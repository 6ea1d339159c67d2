/// The weights before the first step, as a pure function of the seed: any server computes any part of them.
package struct InitialWeights: Sendable {
  private let layout: ParameterLayout
  private let random: CounterRandom
  private let scale: Double

  /// - Parameter scale: multiplies the weights that stand before a normalisation; the first effective rate depends on it.
  package init(layout: ParameterLayout, seed: UInt64, scale: Double = 1) {
    self.layout = layout
    random = CounterRandom(seed: seed, purpose: .initialWeights)
    self.scale = scale
  }

  /// Element `element` of parameter `index`.
  package func value(parameter index: Int, element: Int) -> Double {
    let parameter = layout.parameters[index]
    let value =
      switch parameter.initializer {
      case .heNormal(let fanIn): random.normal(index, element) * (2 / Double(fanIn)).squareRoot()
      case .uniform(let fanIn): (2 * random.uniform(index, element) - 1) / Double(fanIn).squareRoot()
      case .constant(let value): value
      }
    return parameter.group == .weights ? value * scale : value
  }

  /// The elements of `slice`, in row-major order.
  package func values(of slice: ShardMap.Slice) -> [Double] {
    let length = layout.parameters[slice.parameter].filterLength
    return (slice.filters.lowerBound * length..<slice.filters.upperBound * length).map {
      value(parameter: slice.parameter, element: $0)
    }
  }
}
