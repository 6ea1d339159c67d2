import Foundation
import NeuralNetwork
import Parameters
import Testing

/// Closed forms of the loss, seen through a network that is one dense layer.
@Suite struct SoftmaxCrossEntropyTests {
  private func probe(bias: [Double], samples: Int = 2) throws -> Probe<Double> {
    let architecture = try Architecture(
      name: "scores", input: ImageShape(channels: 1, height: 1, width: 1),
      layers: [.flatten, .dense(outputs: bias.count)])
    var probe = Probe<Double>(architecture, samples: samples)
    probe.weights = [Double](repeating: 0, count: bias.count) + bias
    return probe
  }

  /// Equal scores cost log K; the gradient is 1/K everywhere, less 1 at the label.
  @Test(arguments: Backends.Kind.allCases)
  func equalScores(kind: Backends.Kind) throws {
    let wide = try probe(bias: [Double](repeating: 3, count: 10))
    var narrow = Probe<Float>(wide.architecture, samples: 2)
    narrow.weights = wide.weights.map { Float($0) }
    let (outcome, gradient) = try narrow.gradient(narrow.make(kind))
    #expect(abs(outcome.lossSum - 2 * log(10)) <= 1e-14)
    // Labels 0 and 4; ties go to class 0.
    #expect(outcome.correct == 1)
    #expect(gradient.suffix(10).map { ($0 * 10).rounded() } == [-8, 2, 2, 2, -8, 2, 2, 2, 2, 2])
  }

  /// Scores 2 log 2 and 0 have probabilities 4/5 and 1/5. With ε = 1/2, the targets of label 0 are 3/4 and 1/4.
  @Test func labelSmoothing() throws {
    let probe = try probe(bias: [2 * log(2), 0], samples: 1)
    let (outcome, gradient) = try probe.gradient(probe.make(.reference, labelSmoothing: 0.5))
    #expect(abs(outcome.lossSum - (log(5) - 1.5 * log(2))) <= 1e-14)
    #expect(zip(gradient.suffix(2), [0.05, -0.05]).allSatisfy { abs($0 - $1) <= 1e-15 })
    // Evaluations have the loss of the label alone.
    #expect(try abs(probe.evaluate(probe.make(.reference, labelSmoothing: 0.5)).lossSum - log(1.25)) <= 1e-14)
  }

  /// Scores far outside the range of exp.
  @Test func largeScores() throws {
    let probe = try probe(bias: [1e4, -1e4, 0, 0, 1e4])
    let outcome = try probe.gradient(probe.make(.reference)).outcome
    #expect(abs(outcome.lossSum - 2 * log(2)) <= 1e-12)
  }

  @Test(arguments: [Double.nan, .infinity])
  func nonFiniteScoresShowInTheLoss(value: Double) throws {
    let probe = try probe(bias: [0, value, 0, 0, 0])
    #expect(try !probe.gradient(probe.make(.reference)).outcome.lossSum.isFinite)
  }
}
