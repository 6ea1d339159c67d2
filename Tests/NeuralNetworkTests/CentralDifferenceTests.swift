import NeuralNetwork
import Parameters
import Testing

/// The gradient is what the loss does when a parameter moves: (L(w + h) − L(w − h)) / 2h.
@Suite struct CentralDifferenceTests {
  @Test(arguments: SmallNetworks.names.filter { !$0.hasPrefix("wide") })
  func everyParameter(name: String) throws {
    var probe = Probe<Double>(try SmallNetworks.architecture(name), samples: 3)
    let backend = try probe.make(.reference)
    let layout = probe.architecture.layout
    let (_, gradient) = try probe.gradient(backend)
    let h = 1e-5
    for (index, parameter) in layout.parameters.enumerated() where !parameter.role.isStatistic {
      for element in layout.range(of: index) {
        let weight = probe.weights[element]
        probe.weights[element] = weight + h
        let above = try probe.gradient(backend).outcome.lossSum
        probe.weights[element] = weight - h
        let below = try probe.gradient(backend).outcome.lossSum
        probe.weights[element] = weight
        let difference = (above - below) / (2 * h)
        #expect(
          abs(gradient[element] - difference) <= 1e-7 * max(1, abs(difference)),
          "\(parameter.name)[\(element)]: gradient \(gradient[element]), difference \(difference)")
      }
    }
  }

  /// A scale-invariant filter's gradient is orthogonal to it: ⟨w_f, g_f⟩ = 0 but for ε.
  @Test func gradientIsOrthogonalToFilters() throws {
    let probe = Probe<Double>(try SmallNetworks.architecture("blocks"), samples: 16)
    let (_, gradient) = try probe.gradient(probe.make(.reference))
    let layout = probe.architecture.layout
    for (index, parameter) in layout.parameters.enumerated() where parameter.invariance == .filter {
      for filter in 0..<parameter.filterCount {
        let start = layout.offsets[index] + filter * parameter.filterLength
        let row = start..<(start + parameter.filterLength)
        let product = row.map { probe.weights[$0] * gradient[$0] }.reduce(0, +)
        let norms =
          row.map { probe.weights[$0] * probe.weights[$0] }.reduce(0, +).squareRoot()
          * row.map { gradient[$0] * gradient[$0] }.reduce(0, +).squareRoot()
        #expect(abs(product) <= 1e-3 * norms)
      }
    }
  }
}
