/// The weights before the first step, as a pure function of the seed or as given: any server computes any part of them.
package struct InitialWeights: Sendable {
  private let layout: ParameterLayout
  private let seed: UInt64
  private let random: CounterRandom
  private let scale: Double
  private let cache: InitialWeightsCache?
  private let given: Given?

  /// Elements of a parameter, by its index, which are not drawn; `nil` for one that is.
  package typealias Given = @Sendable (_ parameter: Int, _ elements: Range<Int>) -> [Double]?

  /// - Parameters:
  ///   - scale: multiplies the weights of all layers but the last; the initial effective learning rate depends on it.
  ///   - cache: shared by the runs of a process.
  ///   - given: what is not drawn; multiplied by the scale, too.
  package init(
    layout: ParameterLayout, seed: UInt64, scale: Double = 1, cache: InitialWeightsCache? = nil, given: Given? = nil
  ) {
    self.layout = layout
    self.seed = seed
    random = CounterRandom(seed: seed, purpose: .initialWeights)
    self.scale = scale
    self.cache = cache
    self.given = given
  }

  /// Element `element` of parameter `index`.
  package func value(parameter index: Int, element: Int) -> Double {
    var value = 0.0
    unsafe draw(parameter: index, elements: element..<(element + 1), to: &value)
    return value
  }

  /// Writes the elements of `slice`, in row-major order, each rounded once.
  ///
  /// - Parameter target: memory for all of them.
  package func write<Scalar: KernelScalar>(_ slice: ShardMap.Slice, to target: UnsafeMutablePointer<Scalar>) {
    let parameter = layout.parameters[slice.parameter]
    let elements = slice.filters.lowerBound * parameter.filterLength..<slice.filters.upperBound * parameter.filterLength
    guard let cache, given == nil else {
      return unsafe draw(parameter: slice.parameter, elements: elements, to: target)
    }
    let key = InitialWeightsCache.Key(
      seed: seed, initializer: parameter.initializer, scale: scale(of: parameter), parameter: slice.parameter,
      elements: elements, elementType: Scalar.elementType)
    let weights: Buffer<Scalar> = cache.weights(key) {
      unsafe draw(parameter: slice.parameter, elements: elements, to: $0.start)
    }
    withExtendedLifetime(weights) { unsafe target.update(from: weights.start, count: weights.count) }
  }

  /// What multiplies a parameter, where `scale` multiplies the weights of all layers but the last.
  package static func scale(_ scale: Double, of parameter: Parameter) -> Double {
    parameter.group == .weights ? scale : 1
  }

  private func scale(of parameter: Parameter) -> Double { Self.scale(scale, of: parameter) }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  private func draw<Scalar: KernelScalar>(
    parameter index: Int, elements: Range<Int>, to target: UnsafeMutablePointer<Scalar>
  ) {
    let parameter = layout.parameters[index]
    let scale = scale(of: parameter)
    func fill(_ value: (Int) -> Double) {
      for element in elements { unsafe target[element - elements.lowerBound] = Scalar(value(element)) }
    }
    if let values = given?(index, elements) {
      for (place, value) in values.enumerated() { unsafe target[place] = Scalar(value * scale) }
      return
    }
    switch parameter.initializer {
    case .heNormal(let fanIn):
      let deviation = (2 / Double(fanIn)).squareRoot()
      fill { random.normal(index, $0) * deviation * scale }
    case .uniform(let fanIn):
      let root = Double(fanIn).squareRoot()
      fill { (2 * random.uniform(index, $0) - 1) / root * scale }
    case .constant(let value): fill { _ in value * scale }
    }
  }
}
