import Coordination
import Datasets
import Foundation
import NeuralNetwork
import Optimization
import Parameters
import RunDefinition
import Specification
import TestSupport
import Testing

@Suite("Run definition")
struct RunDefinitionTests {
  static func definition(_ settings: String..., images: DatasetRequest = DatasetRequest(name: "glyphs")) throws
    -> RunDefinition
  {
    try RunDefinition(settings, images: images)
  }

  /// Each ended a worker by a trap: its definition comes in a welcome.
  @Test(
    "what comes over the wire is checked like what a person wrote",
    arguments: [
      (#""microbatch":32"#, #""microbatch":0"#), (#""servers":1"#, #""servers":0"#),
      (#""epochs":4"#, #""steps":-1"#), (#""testCount":2000"#, #""testCount":9223372036854775807"#),
      (#""testCount":2000"#, #""testCount":0"#), (#""trainCount":8000"#, #""trainCount":0"#),
    ])
  func wire(good: String, bad: String) throws {
    let encoder = JSONEncoder()
    let text = String(decoding: try encoder.encode(Self.definition()), as: UTF8.self)
    #expect(try JSONDecoder().decode(RunDefinition.self, from: Data(text.utf8)).steps == Self.definition().steps)
    #expect(text.contains(good))
    let damaged = Data(text.replacing(good, with: bad).utf8)
    #expect(throws: (any Error).self) { try JSONDecoder().decode(RunDefinition.self, from: damaged) }
  }

  /// 100 images in batches of 32: epochs end after 3.125, 6.25, 9.375 and 12.5 steps.
  @Test("evaluates at the last whole step of each epoch, and at the end")
  func epochs() throws {
    let images = DatasetRequest(name: "glyphs", limit: 100)
    let run = try Self.definition("batch=32", "epochs=4", "execution.workers=1", images: images)
    #expect(run.steps == 12)
    #expect([0, 3, 6, 9].map { run.evaluations.next(after: $0, steps: run.steps) } == [3, 6, 9, 12])
    let often = try Self.definition("batch=32", "steps=7", "execution.evaluateEvery=3", "execution.workers=1")
    #expect([0, 3, 6].map { often.evaluations.next(after: $0, steps: often.steps) } == [3, 6, 7])
  }

  @Test("the same bits for every number of servers: shards together are the whole layout")
  func shards() throws {
    for servers in 1...4 {
      let run = try Self.definition("execution.servers=\(servers)")
      #expect(run.shards.shards.count == servers)
      #expect(run.shards.shards.flatMap { $0 }.count == run.architecture.layout.count)
    }
  }

  @Test("a layer that is projected whole stays on one server")
  func wholeLayers() throws {
    let run = try Self.definition("execution.servers=3", "projection=layer")
    let held = (0..<3).flatMap { run.shards.slices(of: $0) }.filter {
      run.architecture.layout.parameters[$0.parameter].group == .weights
    }
    #expect(Set(held.map(\.parameter)).count == held.count)
  }

  @Test("the fields of the normalization reach the network")
  func normalization() throws {
    let run = try Self.definition(
      "normalization=group", "normalizationGroups=4", "normalizationEpsilon=0", "biasBeforeNormalization=true")
    #expect(run.architecture.layers.contains(.groupNormalization(groups: 4, epsilon: 0)))
    #expect(run.architecture.layout.index(named: "conv1.bias") != nil)
    let error = #expect(throws: NetworkError.self) {
      try Self.definition("normalization=group", "normalizationGroups=5")
    }
    #expect(
      error?.description
        == "normalizationGroups: 5 is not accepted; it must be a divisor of the 32 channels of conv1")
  }

  @Test("a scale-invariance group stays on one server", arguments: Normalization.allCases)
  func groupsOfWeights(normalization: Normalization) throws {
    let run = try Self.definition("normalization=\(normalization.rawValue)", "execution.servers=3")
    for slice in (0..<3).flatMap({ run.shards.slices(of: $0) }) {
      let length = run.architecture.layout.parameters[slice.parameter].invariance.filtersPerGroup
      #expect(slice.filters.lowerBound.isMultiple(of: length) && slice.filters.count.isMultiple(of: length))
    }
  }

  @Test("travels as JSON")
  func coding() throws {
    let run = try Self.definition("optimizer=adam", "groups.head.learningRate=0.5")
    let again = try JSONDecoder().decode(RunDefinition.self, from: JSONEncoder().encode(run))
    #expect(again.spec == run.spec && again.images == run.images && again.steps == run.steps)
  }

  @Test("γ, β and head have their own rates and no penalty; statistics are not trained")
  func groups() throws {
    let run = try Self.definition("l2=0.01", "optimizer.learningRate=0.1", "groups.head.learningRate=0.5")
    for parameter in run.architecture.layout.parameters {
      let update = run.update(of: parameter)
      switch parameter.group {
      case .weights: #expect(update?.0.l2 == 0.01 && update?.learningRate == 0.1)
      case .gammaBeta: #expect(update?.0.l2 == 0 && update?.learningRate == 0.1)
      case .head: #expect(update?.0.l2 == 0 && update?.learningRate == 0.5)
      case .statistics: #expect(update == nil)
      }
    }
  }
}
