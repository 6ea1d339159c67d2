import NeuralNetwork
import Parameters
import Testing

/// The gradient agrees with the change of the loss when a parameter moves: (L(w + h) − L(w − h)) / 2h.
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

  /// A filter of zeros has no direction: weight normalization gives NaN, without a crash. The gradient shows it; the
  /// loss may be finite, because the library's ReLU turns NaN into 0.
  @Test(arguments: [Backends.Kind.reference, .oneDNN])
  func zeroFilters(kind: Backends.Kind) throws {
    var probe = Probe<Float>(try SmallNetworks.architecture("wide weightNormalization"), samples: 2)
    let range = probe.architecture.layout.range(of: 0)
    for i in range { probe.weights[i] = 0 }
    let (_, gradient) = try probe.gradient(probe.make(kind))
    #expect(range.allSatisfy { !gradient[$0].isFinite })
  }
}
