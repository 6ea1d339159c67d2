import NeuralNetwork
import Parameters
import Testing

/// Exactly the weights that the structure declares scale-invariant can be scaled without changing the loss: with ε = 0
/// and powers of two, not by a single bit.
@Suite struct ScaleInvarianceTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let preset: String
    let normalization: Normalization
    var testDescription: String { "\(preset) \(normalization.rawValue)" }

    func probe(biasBefore: Bool = false) throws -> Probe<Double> {
      let architecture = try Architecture.preset(
        preset, normalization: normalization, settings: .init(epsilon: 0, biasBefore: biasBefore),
        input: ImageShape(channels: 3, height: 8, width: 8))
      return Probe(architecture, samples: 3)
    }
  }

  static let cases = Architecture.presets.flatMap { preset in
    Normalization.allCases.map { Case(preset: preset, normalization: $0) }
  }

  /// Neighboring groups get different factors: each is invariant by itself.
  @Test(arguments: cases)
  func groupsOfWeights(of given: Case) throws {
    var probe = try given.probe()
    let backend = try probe.make(.reference)
    let before = try probe.gradient(backend)
    let groups = probe.architecture.layout.invariantGroups
    #expect(groups.isEmpty == (given.normalization == .none))
    let factors = [4, 1, 0.5]
    var expected = before.gradient
    for (group, range) in groups.enumerated() {
      let factor = factors[group % 3]
      for i in range {
        probe.weights[i] *= factor
        expected[i] /= factor
      }
    }
    let after = try probe.gradient(backend)
    #expect(after.outcome == before.outcome)
    // A statistic of the activations scales with them.
    let trained = probe.architecture.layout.trained
    #expect(trained.allSatisfy { after.gradient[$0] == expected[$0] })
  }

  @Test(arguments: cases)
  func jointGroups(of given: Case) throws {
    let probe = try given.probe()
    let backend = try probe.make(.reference)
    let before = try probe.gradient(backend)
    let layout = probe.architecture.layout
    for (index, parameter) in layout.parameters.enumerated() where parameter.role == .gamma {
      let beta = try #require(layout.index(named: "\(parameter.layer).beta"))
      #expect(layout.parameters[beta].isJointlyInvariant == parameter.isJointlyInvariant)
      let joint = Array(layout.range(of: index)) + Array(layout.range(of: beta))
      var scaled = probe
      var expected = before.gradient
      for i in joint {
        scaled.weights[i] *= 4
        expected[i] /= 4
      }
      let after = try scaled.gradient(backend)
      #expect((after.outcome == before.outcome) == parameter.isJointlyInvariant, "\(parameter.layer)")
      guard parameter.isJointlyInvariant else { continue }
      #expect(layout.trained.allSatisfy { after.gradient[$0] == expected[$0] }, "\(parameter.layer)")
      expectOrthogonal(probe.weights, before.gradient, joint, parameter.layer)
    }
  }

  /// Every normalization of activations but the last is followed by another; weight normalization does not remove the
  /// scale.
  @Test(arguments: cases)
  func jointGroupsByStructure(of given: Case) throws {
    let gammas = try given.probe().architecture.layout.parameters.filter { $0.role == .gamma }
    let expected = gammas.indices.map { given.normalization != .weight && $0 < gammas.count - 1 }
    #expect(gammas.map(\.isJointlyInvariant) == expected)
  }

  /// ⟨w, g⟩ = 0: scaling is not a direction of descent.
  @Test(arguments: cases)
  func orthogonalGradients(of given: Case) throws {
    let probe = try given.probe()
    let (_, gradient) = try probe.gradient(probe.make(.reference))
    for range in probe.architecture.layout.invariantGroups {
      expectOrthogonal(probe.weights, gradient, Array(range), "\(range)")
    }
  }

  @Test(arguments: cases)
  func othersChangeTheLoss(of given: Case) throws {
    let probe = try given.probe()
    let backend = try probe.make(.reference)
    let loss = try probe.gradient(backend).outcome.lossSum
    let layout = probe.architecture.layout
    for (index, parameter) in layout.parameters.enumerated()
    where parameter.invariance == .none && !parameter.role.isStatistic {
      var scaled = probe
      for i in layout.range(of: index) { scaled.weights[i] *= 4 }
      let found = try scaled.gradient(backend).outcome.lossSum
      #expect(abs(found - loss) > 1e-6 * loss, "\(parameter.name)")
    }
  }

  /// The control experiment: a bias that reaches the output ends the invariance; before batch norm it is dead.
  @Test(arguments: cases.filter { $0.normalization != .none })
  func biasBeforeNormalization(of given: Case) throws {
    let probe = try given.probe(biasBefore: true)
    let backend = try probe.make(.reference)
    let loss = try probe.gradient(backend).outcome.lossSum
    let layout = probe.architecture.layout
    for (index, parameter) in layout.parameters.enumerated() where parameter.group == .weights {
      #expect(layout.index(named: "\(parameter.layer).bias") != nil)
      #expect(parameter.invariance == (given.normalization == .batch ? .filter : .none))
      var scaled = probe
      for i in layout.range(of: index) { scaled.weights[i] *= 4 }
      let change = abs(try scaled.gradient(backend).outcome.lossSum - loss) / loss
      #expect(parameter.invariance == .none ? change > 1e-6 : change < 1e-12, "\(parameter.name)")
    }
  }

  private func expectOrthogonal(_ w: [Double], _ g: [Double], _ indices: [Int], _ name: String) {
    let product = indices.map { w[$0] * g[$0] }.reduce(0, +)
    let squares = indices.map { w[$0] * w[$0] }.reduce(0, +) * indices.map { g[$0] * g[$0] }.reduce(0, +)
    #expect(abs(product) <= 1e-12 * squares.squareRoot(), "\(name)")
  }
}

extension ParameterLayout {
  /// The elements of each scale-invariance group, in order.
  fileprivate var invariantGroups: [Range<Int>] {
    parameters.indices.flatMap { index -> [Range<Int>] in
      let parameter = parameters[index]
      guard parameter.invariance != .none else { return [] }
      let length = parameter.invariance.filtersPerGroup * parameter.filterLength
      return stride(from: offsets[index], to: offsets[index + 1], by: length).map { $0..<($0 + length) }
    }
  }

  /// Elements that are not statistics.
  fileprivate var trained: [Int] {
    parameters.indices.filter { !parameters[$0].role.isStatistic }.flatMap { Array(range(of: $0)) }
  }
}
