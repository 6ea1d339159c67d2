package import Parameters

/// The weights before the first step.
extension Architecture {
  /// Element `element` of parameter `index`: a pure function of the seed and the position.
  package func initialValue(parameter index: Int, element: Int, random: CounterRandom) -> Double {
    switch layout.parameters[index].initializer {
    case .constant(let value): value
    case .heNormal(let fanIn):
      initialScale * (2 / Double(fanIn)).squareRoot() * random.normal(index, element)
    case .uniform(let fanIn):
      (2 * random.uniform(index, element) - 1) / Double(fanIn).squareRoot()
    }
  }

  /// The flat vector before the first step, rounded once to `Scalar`.
  package func initialWeights<Scalar: KernelScalar>(seed: UInt64, as scalar: Scalar.Type = Scalar.self) -> Buffer<
    Scalar
  > {
    let random = CounterRandom(seed: seed, purpose: .initialWeights)
    let weights = Buffer<Scalar>(count: layout.count)
    for (index, parameter) in layout.parameters.enumerated() {
      for element in 0..<parameter.shape.count {
        let value = initialValue(parameter: index, element: element, random: random)
        unsafe weights.start[layout.offsets[index] + element] = Scalar(value)
      }
    }
    return weights
  }
}
