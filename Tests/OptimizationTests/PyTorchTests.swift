import Foundation
import Optimization
import Parameters
import TestSupport
import Testing

/// Every rule that PyTorch has against PyTorch's own numbers, written by Fixtures/generate.py.
@Suite struct PyTorchTests {
  struct Fixture: Decodable {
    let rates: [Double], checked: [Int], batch: Int, count: Int
    let momentum: Double, beta1: Double, beta2: Double, epsilon: Double
    let cases: [Case]
  }

  struct Case: Decodable {
    let rule: String, l2: Double, weightDecay: Double, elementType: ElementType
    /// After each checked step.
    let weights: [[Double]]
  }

  static func fixture() throws -> Fixture {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/pytorch.json")
    return try JSONDecoder().decode(Fixture.self, from: Data(contentsOf: file))
  }

  /// The rules that name an optimizer of PyTorch.
  static let rules = UpdateRules.names.filter {
    guard let rule = try? UpdateRules.make(name: $0) else { return true }
    return rule.pyTorch(decoupled: false) != nil
  }

  @Test func everyRuleIsCovered() throws {
    let cases = try Self.fixture().cases
    #expect(Set(cases.map(\.rule)) == Set(Self.rules))
    #expect(cases.count == 2 * 2 * Self.rules.count)
  }

  @Test(arguments: rules) func agrees(rule: String) throws {
    let fixture = try Self.fixture()
    for expected in fixture.cases where expected.rule == rule {
      switch expected.elementType {
      case .float32: try check(expected, of: fixture, Float.self, tolerance: 2e-6)
      case .float64: try check(expected, of: fixture, Double.self, tolerance: 1e-14)
      }
    }
  }

  private func check<Scalar: KernelScalar>(
    _ expected: Case, of fixture: Fixture, _: Scalar.Type, tolerance: Double
  ) throws {
    let rule = try UpdateRules.make(
      name: expected.rule,
      [.momentum: fixture.momentum, .beta1: fixture.beta1, .beta2: fixture.beta2, .epsilon: fixture.epsilon])
    let update = try TensorUpdate(rule: rule, l2: expected.l2, weightDecay: expected.weightDecay)
    let tensor = TrainedTensor((0..<fixture.count).map { Scalar(weight($0)) }, update: update)
    for (index, rate) in fixture.rates.enumerated() {
      let gradient = (0..<fixture.count).map { Scalar(gradientSum(step: index + 1, $0)) }
      tensor.step(gradient, scale: 1 / Scalar(fixture.batch), learningRate: rate)
      guard let row = fixture.checked.firstIndex(of: index + 1) else { continue }
      for (weight, reference) in zip(tensor.weights, expected.weights[row]) {
        #expect(
          abs(Double(weight) - reference) <= tolerance * max(1, abs(reference)),
          "\(expected.rule) \(expected.elementType) l2 \(expected.l2), step \(index + 1)")
      }
    }
  }

  private func weight(_ i: Int) -> Double { Double((i * 7919) % 257 - 128) / 128 }

  private func gradientSum(step: Int, _ i: Int) -> Double { Double((i * 10472 + step * 12997) % 509 - 254) / 64 }
}
