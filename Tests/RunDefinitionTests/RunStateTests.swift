import Datasets
import EffectiveLearningRate
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
    let hash = try expected[0].weightsSHA256
    for from in expected {
      let folder = try TemporaryFolder()
      let store = CheckpointStore(runFolder: folder.path)
      let whole = try from.collected().state
      #expect(whole.version == 6 && whole.steps == 2 && whole.tally.lossSum == 2.5 * (5 + 6))
      try from.write(to: store)
      let checkpoint = try #require(try store.newest())
      #expect(checkpoint.manifest.weightsSHA256 == hash)
      for to in expected {
        let read = try StoredState(reading: checkpoint, of: to.run)
        #expect(read.weightsSHA256 == hash)
        let cut = try TrainedShards<Scalar>.cut(read, for: to.run)
        #expect(
          cut.map(\.numbers) == to.states.map(\.numbers),
          "\(settings): \(from.shards.count) servers to \(to.shards.count)")
      }
    }
    // And a run that goes on with another number of servers ends with the same bits.
    var (straight, other) = (expected[0], try TrainedShards<Scalar>(expected[2].run))
    straight.advance(to: 9)
    try other.restore(TrainedShards<Scalar>.cut(expected[1].stored(for: expected[2].run), for: expected[2].run))
    other.advance(to: 9)
    #expect(try straight.weightsSHA256 == other.weightsSHA256)
    #expect(try straight.weightsSHA256 != hash)
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
    try shards.write(to: store, generation: 3, metricsCursor: 12)
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

  @Test("what nobody asked for, a piece of another size and one that is there are refused, and change nothing")
  func strangers() throws {
    var shards = try TrainedShards<Float>(Self.run(["network.preset=mlp", "optimizer=momentum"], servers: 2))
    shards.advance(to: 1)
    let collection = StateCollection(shards.run, version: 1)
    #expect(collection.wanted() == [], "nobody has offered a state")
    var arrived: [StatePiece] = []
    for (server, state) in shards.states.enumerated() {
      func offer(_ windows: [UInt8], by server: Int) -> [StatePiece]? {
        collection.offer(windows, tally: state.tally, steps: state.steps, by: server)
      }
      let windows = state.bytes(of: .windows)
      #expect([[], Array(windows.dropLast()), windows + [0]].allSatisfy { offer($0, by: server) == nil })
      #expect([-1, 2, .max].allSatisfy { offer(windows, by: $0) == nil })
      #expect(offer(windows, by: server) == [] && !collection.isComplete(of: server) && collection.collected == nil)
      let wanted = collection.wanted()
      // Offered once more, it is asked for the same again.
      #expect(Set(offer(windows, by: server) ?? []) == Set(wanted.filter { $0.server == server }))
      for piece in wanted {
        let bytes = [UInt8](repeating: 1, count: piece.range.count * 4)
        let strange = StatePiece(server: piece.server, part: .optimizerState(1), range: piece.range)
        let other = StatePiece(server: piece.server, part: piece.part, range: piece.range.dropLast())
        #expect(collection.insert(Array(bytes.dropLast()), as: piece) == nil)
        #expect(collection.insert(bytes, as: strange) == nil && collection.insert(bytes, as: other) == nil)
        #expect(collection.insert(bytes, as: piece) != nil && collection.insert(bytes, as: piece) == nil)
        arrived.append(piece)
      }
    }
    #expect(Set(arrived).count == arrived.count && (0..<2).allSatisfy { collection.isComplete(of: $0) })
    #expect(!collection.isComplete(of: 2) && collection.wanted() == [] && collection.collected != nil)
  }

  @Test("a state takes a bounded number of bytes while it is collected, however large it is", arguments: [1, 3])
  func bounded(servers: Int) throws {
    // 100 million weights and as many momenta.
    let json =
      #"{"shape": {"channels": 1, "height": 884, "width": 884}, "classNames": ["a", "b"], "trainCount": 999, "testCount": 9}"#
    let settings = ["network.preset=mlp", "optimizer=momentum", "execution.servers=\(servers)"]
    let run = try RunDefinition(
      spec: RunSpec(layers: [settings.map { try Assignment(setting: $0) }]).resolved,
      images: JSONDecoder().decode(DatasetSummary.self, from: Data(json.utf8)))
    let collection = StateCollection(run, version: 1)
    for server in 0..<servers {
      let numbers = run.shards.slices(of: server).reduce(0) {
        $0 + GroupWindows.stateDoubles(of: run.architecture.layout.parameters[$1.parameter], filters: $1.filters.count)
      }
      let offer = collection.offer([UInt8](repeating: 0, count: 8 * numbers), tally: Tally(), steps: 0, by: server)
      #expect(offer == [])
    }
    var (asked, passed, written, most) = (0, 0, 0, 0)
    var pieces: [StatePiece] = []
    while true {
      let wanted = collection.wanted()
      pieces += wanted
      asked += wanted.reduce(0) { $0 + $1.range.count * 4 }
      most = max(most, asked - written)
      // The last one that was asked answers first, and the disk is slower than all.
      if let piece = pieces.popLast() {
        let next = collection.insert([UInt8](repeating: 0, count: piece.range.count * 4), as: piece)
        passed += next?.reduce(0) { $0 + $1.count } ?? 0
      } else if written < passed {
        collection.wrote(passed - written)
        written = passed
      } else {
        break
      }
    }
    let layout = run.architecture.layout
    let trained = layout.parameters.reduce(0) { $0 + ($1.role.isStatistic ? 0 : $1.shape.count) }
    #expect(passed == 4 * (layout.count + trained) && passed > 800_000_000 && most <= 12 << 20)
  }

  @Test("a checkpoint of another network, rule or precision is refused by the name of what does not fit")
  func misfits() throws {
    var shards = try TrainedShards<Float>(Self.run(["network.preset=mlp", "optimizer=sgd"], servers: 1))
    shards.advance(to: 1)
    let folder = try TemporaryFolder()
    let store = CheckpointStore(runFolder: folder.path)
    try shards.write(to: store)
    let checkpoint = try store.read(step: 1)
    func sentence(_ settings: String...) throws -> String {
      let run = try Self.run(settings, servers: 1)
      let error = #expect(throws: RecordError.self) { try StoredState(reading: checkpoint, of: run) }
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
    try shards.write(to: store, generation: 2) { $0.weightsSHA256 = String(repeating: "1", count: 64) }
    let error = #expect(throws: RecordError.self) {
      try StoredState(reading: store.read(step: 1), of: shards.run)
    }
    #expect(error?.description.contains("contradicts itself") == true)
  }
}

extension TrainedShards {
  /// The same state for another run's servers, by way of a checkpoint.
  fileprivate func stored(for run: RunDefinition) throws -> StoredState {
    let folder = try TemporaryFolder()
    let store = CheckpointStore(runFolder: folder.path)
    try write(to: store)
    return try StoredState(reading: store.read(step: shards[0].version), of: run)
  }
}
