import Reports
import Specification
import Testing

import tare

/// Everything that a headline, an axis or a table shows of a run is a function of its identity, and the identity of what
/// they show: no field can change the one and not the other.
@Suite("One truth of a run")
struct OneTruthTests {
  /// What people see of the run's spec.
  private struct Shown: Hashable {
    let headline: String
    let learningRate: Double
    let decay: Double
    let isDecoupled: Bool
    let fields: [String: String]

    init(_ spec: RunSpec) {
      headline = spec.headline
      (learningRate, decay, isDecoupled) = (spec.learningRate, spec.decay, spec.isDecoupled)
      fields = ReportRun.fields(of: spec)
    }
  }

  private static let values = [
    "l2=1e-3", "l2=1e-2", "weightDecay=0.05", "optimizer.learningRate=0.3", "optimizer.learningRate=0.4",
    "groups.weights.l2=0.05", "groups.weights.weightDecay=0.02", "groups.weights.learningRate=0.2",
    "groups.gammaBeta.l2=0.01", "groups.gammaBeta.learningRate=0.1", "groups.head.l2=0.03",
    "groups.head.learningRate=0.7", "groups.head.weightDecay=0.04", "regularizeGammaBeta=true", "projection=filter",
    "projection=layer", "projectionKeepsL2=true", "optimizer=adam", "optimizer=adamw", "optimizer=sgd",
    "optimizer.epsilon=1e-4", "groups.weights.epsilon=1e-5", "groups.head.epsilon=1e-6", "optimizer.momentum=0.5",
    "normalization=none", "normalization=layer", "normalizationEpsilon=1e-3", "initScale=2", "batch=64", "steps=9",
    "schedule=cosine", "schedule.final=0.1", "seed=5", "precision=double", "wire=int8",
    "backend=reference", "isa=plain",
  ]

  private static func spec(_ settings: [String]) throws -> RunSpec {
    var spec = RunSpec()
    try spec.apply(settings.map { try Assignment(setting: $0) })
    return spec
  }

  @Test("two runs that differ in any fields differ either in both identity and display, or in neither")
  func identity() throws {
    var specs: [RunSpec] = [RunSpec()]
    for first in Self.values {
      specs.append(try Self.spec([first]))
      for second in Self.values where second != first { specs.append(try Self.spec([first, second])) }
    }
    var shown: [String: Shown] = [:]
    for spec in specs {
      let now = Shown(spec)
      #expect(shown.updateValue(now, forKey: spec.identity).map { $0 == now } ?? true, "\(spec.identity)")
      #expect(spec.resolved.identity == spec.identity && Shown(spec.resolved) == now)
    }
    #expect(Set(shown.values).count == shown.count)
  }

  @Test("a rate or penalty that groups.weights overrides has no effect on either")
  func overridden() throws {
    let runs = try ["1e-3", "1e-2"].map { try Self.spec(["groups.weights.l2=0.05", "l2=\($0)"]) }
    #expect(runs[0].specHash == runs[1].specHash)
    #expect(runs.map(\.decay) == [0.1, 0.1] && Shown(runs[0]) == Shown(runs[1]))
  }
}
