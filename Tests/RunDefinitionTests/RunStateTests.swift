import Datasets
import Foundation
import NeuralNetwork
import Optimization
import ParameterServer
import Parameters
import Records
import RunDefinition
import Specification
import TestSupport
import Testing

/// The states of any number of servers are one state of the run, and that is what a checkpoint holds.
@Suite("State of a run")
struct RunStateTests {
  static func run(_ settings: [String], servers: Int) throws -> RunDefinition {
    try RunDefinition(settings + ["execution.servers=\(servers)", "execution.metricsEvery=4"])
  }

  /// Rules with 0, 1 and 2 states, of which LARS and LAMB keep a layer whole; Riemannian SGD trains γ and β by another
  /// rule; groups of several filters.
  static let settings: [[String]] = [
    ["network.preset=mlp", "optimizer=sgd"],
    ["network.preset=mlp", "optimizer=nesterov", "normalization=layer"],
    ["network.preset=mlp", "optimizer=adam", "precision=double"],
    ["network.preset=conv3", "optimizer=lars"],
    ["network.preset=conv3", "optimizer=lamb", "normalization=group"],
    ["network.preset=conv3", "optimizer=riemannian-sgd"],
    ["network.preset=conv3", "optimizer=momentum", "projection=layer"],
  ]

  static func checks<Scalar: KernelScalar>(_ settings: [String], as _: Scalar.Type) throws {
    // What shards of each number are after 6 steps, in the middle of the second window.
    let expected = try (1...3).map { servers in
      var shards = try TrainedShards<Scalar>(run(settings, servers: servers))
      shards.advance(to: 6)
      return shards
    }
    let hash = expected[0].collected().weightsSHA256
    for from in expected {
      let folder = try TemporaryFolder()
      let store = CheckpointStore(runFolder: folder.path)
      let whole = from.collected()
      #expect(whole.isComplete && whole.version == 6 && whole.steps == 2 && whole.tally.lossSum == 2.5 * (5 + 6))
      try whole.write(whole.manifest(generation: 1, metricsCursor: 0), to: store)
      let checkpoint = try #require(try store.newest())
      #expect(checkpoint.manifest.weightsSHA256 == hash)
      for to in expected {
        let read = try RunState(reading: checkpoint, of: to.run)
        #expect(read.isComplete && read.parts == whole.parts)
        let cut = TrainedShards<Scalar>.cut(read, for: to.run)
        #expect(
          cut.map(\.numbers) == to.states.map(\.numbers),
          "\(settings): \(from.shards.count) servers to \(to.shards.count)")
      }
    }
    // And a run that goes on with another number of servers ends with the same bits.
    var (straight, other) = (expected[0], try TrainedShards<Scalar>(expected[2].run))
    straight.advance(to: 9)
    other.restore(TrainedShards<Scalar>.cut(try expected[1].collected(recut: expected[2].run), for: expected[2].run))
    other.advance(to: 9)
    #expect(straight.collected().weightsSHA256 == other.collected().weightsSHA256)
    #expect(straight.collected().weightsSHA256 != hash)
  }

  @Test("put together, stored, read and cut for another number of servers", arguments: settings)
  func otherServers(settings: [String]) throws {
    if settings.contains("precision=double") {
      try Self.checks(settings, as: Double.self)
    } else {
      try Self.checks(settings, as: Float.self)
    }
  }

  @Test("files name whole tensors, as a reader of safetensors finds them")
  func names() throws {
    var shards = try TrainedShards<Float>(Self.run(["network.preset=conv3", "optimizer=adam"], servers: 2))
    shards.advance(to: 2)
    let folder = try TemporaryFolder()
    let store = CheckpointStore(runFolder: folder.path)
    let whole = shards.collected()
    try whole.write(whole.manifest(generation: 3, metricsCursor: 12), to: store)
    let checkpoint = try store.read(step: 2)
    let parameters = shards.run.architecture.layout.parameters
    let weights = try #require(checkpoint.files["weights.safetensors"])
    #expect(Set(weights.entries.map(\.name)) == Set(parameters.map(\.name)))
    #expect(weights.metadata["step"] == "2" && weights.metadata["specHash"] == shards.run.spec.specHash)
    let trained = parameters.filter { !$0.role.isStatistic }.map(\.name)
    let optimizer = try #require(checkpoint.files["optimizer.safetensors"])
    let names = try #require(shards.run.update(of: parameters[0])?.0.rule.stateNames)
    #expect(names.count == 2)
    #expect(Set(optimizer.entries.map(\.name)) == Set(trained.flatMap { name in names.map { "\(name).\($0)" } }))
    let metrics = try #require(checkpoint.files["metrics.safetensors"])
    #expect(Set(metrics.entries.map(\.name)) == Set(parameters.filter { $0.role == .weight }.map(\.name)))
    #expect(metrics.entry(named: "conv1.weight")?.extents.first == 32)
    #expect(metrics.entries.allSatisfy { $0.elementType == .float64 })
    #expect(checkpoint.manifest.samplesUsed == 2 * shards.run.spec.batch && checkpoint.manifest.servers == 2)
    #expect(checkpoint.manifest.specHash == shards.run.spec.specHash && checkpoint.manifest.steps == shards.run.steps)
  }

  @Test("a part of another size, server or kind is refused, and changes nothing")
  func sizes() throws {
    var shards = try TrainedShards<Float>(Self.run(["network.preset=mlp", "optimizer=momentum"], servers: 2))
    shards.advance(to: 1)
    let states = shards.states
    var whole = RunState(shards.run, version: 1)
    #expect(whole.parts == [.weights, .windows, .optimizerState(0)])
    for (server, state) in states.enumerated() {
      for part in whole.parts {
        #expect(!whole.isComplete(of: server) && !whole.isComplete)
        let bytes = state.bytes(of: part)
        var answers = [[], Array(bytes.dropLast()), bytes + [0]].map { whole.insert($0, part: part, of: server) }
        answers += [-1, 2, .max].map { whole.insert(bytes, part: part, of: $0) }
        answers.append(whole.insert(bytes, part: .optimizerState(1), of: server))
        #expect(answers == Array(repeating: false, count: 7))
        answers = (0..<2).map { _ in whole.insert(bytes, part: part, of: server) }
        #expect(answers == [true, true])
        #expect(whole.bytes(of: part, for: server) == bytes)
      }
      #expect(whole.isComplete(of: server))
    }
    #expect(whole.isComplete && !whole.isComplete(of: 2) && !whole.isComplete(of: -1))
    #expect(whole.bytes(of: .optimizerState(7), for: 0) == [] && whole.bytes(of: .weights, for: 9) == [])
  }

  @Test("a checkpoint of another network, rule or precision is refused by the name of what does not fit")
  func misfits() throws {
    var shards = try TrainedShards<Float>(Self.run(["network.preset=mlp", "optimizer=sgd"], servers: 1))
    shards.advance(to: 1)
    let folder = try TemporaryFolder()
    let store = CheckpointStore(runFolder: folder.path)
    let whole = shards.collected()
    try whole.write(whole.manifest(generation: 1, metricsCursor: 0), to: store)
    let checkpoint = try store.read(step: 1)
    func sentence(_ settings: String...) throws -> String {
      let run = try Self.run(settings, servers: 1)
      let error = #expect(throws: RecordError.self) { try RunState(reading: checkpoint, of: run) }
      #expect(error?.exitCode == 65)
      return error?.description ?? ""
    }
    #expect(
      try sentence("network.preset=conv3", "optimizer=sgd").contains("weights.safetensors has no tensor conv1.weight"))
    #expect(
      try sentence("network.preset=mlp", "optimizer=adam").contains("optimizer.safetensors has no tensor "))
    #expect(
      try sentence("network.preset=mlp", "optimizer=sgd", "precision=double").contains("; F64 ["))
    // Layer normalization has groups of all filters, and so fewer of them; whichever tensor differs first is named.
    #expect(try sentence("network.preset=mlp", "optimizer=sgd", "normalization=layer").contains("safetensors has "))
    // Weights that are not those of the manifest.
    var manifest = whole.manifest(generation: 2, metricsCursor: 0)
    manifest.weightsSHA256 = String(repeating: "1", count: 64)
    try whole.write(manifest, to: store)
    let error = #expect(throws: RecordError.self) {
      try RunState(reading: store.read(step: 1), of: shards.run)
    }
    #expect(error?.description.contains("contradicts itself") == true)
  }
}

extension TrainedShards {
  /// The same state for another run's servers, by way of a checkpoint.
  fileprivate func collected(recut run: RunDefinition) throws -> RunState {
    let folder = try TemporaryFolder()
    let store = CheckpointStore(runFolder: folder.path)
    let whole = collected()
    try whole.write(whole.manifest(generation: 1, metricsCursor: 0), to: store)
    return try RunState(reading: store.read(step: whole.version), of: run)
  }
}
