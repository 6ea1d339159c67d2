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
    values(of: layout.parameters[index], at: index, elements: element..<(element + 1))[0]
  }

  /// The elements of `slice`, in row-major order.
  package func values(of slice: ShardMap.Slice) -> [Double] {
    let parameter = layout.parameters[slice.parameter]
    let length = parameter.filterLength
    return values(
      of: parameter, at: slice.parameter,
      elements: slice.filters.lowerBound * length..<slice.filters.upperBound * length)
  }

  private func values(of parameter: Parameter, at index: Int, elements: Range<Int>) -> [Double] {
    let scale = parameter.group == .weights ? self.scale : 1
    switch parameter.initializer {
    case .heNormal(let fanIn):
      let deviation = (2 / Double(fanIn)).squareRoot()
      return elements.map { random.normal(index, $0) * deviation * scale }
    case .uniform(let fanIn):
      let root = Double(fanIn).squareRoot()
      return elements.map { (2 * random.uniform(index, $0) - 1) / root * scale }
    case .constant(let value): return elements.map { _ in value * scale }
    }
  }
}
