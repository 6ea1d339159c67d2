import Foundation
import NeuralNetwork
import Parameters
import Testing

/// Whole networks against PyTorch in float64 (`Fixtures/generate.py`).
@Suite struct PyTorchTests {
  @Test(arguments: try Fixture.load())
  func referenceInDouble(fixture: Fixture) throws {
    let probe = Probe<Double>(try fixture.architecture, samples: fixture.samples)
    let backend = try probe.make(.reference, labelSmoothing: fixture.labelSmoothing ?? 0)
    let (outcome, gradient) = try probe.gradient(backend)
    expect(outcome, fixture.training, tolerance: 1e-11)
    expect(try probe.evaluate(backend), fixture.evaluation, tolerance: 1e-11)
    let layout = probe.architecture.layout
    #expect(Set(layout.parameters.map(\.name)) == Set(fixture.gradient.keys))
    for (index, parameter) in layout.parameters.enumerated() {
      let expected = try #require(fixture.gradient[parameter.name])
      let found = Fixture.Summary(gradient[layout.range(of: index)], at: expected.elements.map(\.index))
      #expect(found.distance(to: expected) <= 1e-9, "\(parameter.name)")
    }
  }

  /// In float32 a ReLU or a max pool may decide otherwise where two numbers nearly tie, so gradients have a larger
  /// tolerance.
  @Test(arguments: try Fixture.load())
  func oneDNN(fixture: Fixture) throws {
    let probe = Probe<Float>(try fixture.architecture, samples: fixture.samples)
    let backend = try probe.make(.oneDNN, labelSmoothing: fixture.labelSmoothing ?? 0)
    let (outcome, gradient) = try probe.gradient(backend)
    expect(outcome, fixture.training, tolerance: 1e-5)
    expect(try probe.evaluate(backend), fixture.evaluation, tolerance: 1e-5)
    let layout = probe.architecture.layout
    for (index, parameter) in layout.parameters.enumerated() {
      let expected = try #require(fixture.gradient[parameter.name])
      let values = gradient[layout.range(of: index)].map(Double.init)
      let found = Fixture.Summary(values[...], at: expected.elements.map(\.index))
      #expect(found.distance(to: expected) <= 1e-3, "\(parameter.name)")
    }
  }

  private func expect(_ outcome: Tally, _ expected: Fixture.Pass, tolerance: Double) {
    #expect(abs(outcome.lossSum - expected.lossSum) <= tolerance * expected.lossSum)
    #expect(outcome.correct == expected.correct)
  }
}
