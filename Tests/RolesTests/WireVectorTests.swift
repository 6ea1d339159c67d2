import Coordination
import Datasets
import Foundation
import Messages
import NeuralNetwork
import Parameters
import RunDefinition
import Specification
import TestSupport
import Testing
import Transport
import ZeroMQ

/// The numbers that a client of another language has to compute as this program does: cluster/python/vectors/VERSION/numbers.json,
/// which check_vectors.py compares with what the client in Python computes.
@Suite("Wire vectors") struct WireVectorTests {
  private static let file = "cluster/python/vectors/\(Envelope.protocolVersion)/numbers.json"
  private static let regenerates = ProcessInfo.processInfo.environment["TARE_REGENERATE_VECTORS"] != nil

  private struct Vectors: Encodable {
    struct Key: Encodable {
      let text, session, password, connection, listener: String
    }
    struct Words: Encodable {
      let seed: UInt64
      let purpose: UInt32
      let stream, index: Int
      let words: [UInt32]
    }
    struct Permutation: Encodable {
      let seed: UInt64
      let epoch, images: Int
      let first: [UInt32]
    }
    struct Tree: Encodable {
      let leaves: Int
      /// From the root down, the left half first.
      let nodes: [[Int]]
    }
    struct Share: Encodable {
      let leaves: Int
      let held: [Int]
      let nodes: [[Int]]
    }
    struct Segments: Encodable {
      let inputs, classes, servers: Int
      /// Server, beginning and end.
      let segments: [[Int]]
    }
    struct Run: Encodable {
      let json, hash, numbers: String
      let initialWeights: [String: [Double]]
    }
    let key: Key
    let words: [Words]
    let permutations: [Permutation]
    let trees: [Tree]
    let shares: [Share]
    let segments: [Segments]
    let packed: [PackedVector]
    let runs: [Run]
  }

  private func key() throws -> Vectors.Key {
    let key = try #require(RunKey(text: "000102030405060708090a0b0c0d0e0f"))
    guard case .presentedKey(let password) = try key.presented(to: Endpoint("ipc:///tmp/x")),
      case .presentedKeys(let pair, let listener) = try key.presented(to: Endpoint("tcp://127.0.0.1:1"))
    else { throw CocoaError(.coderInvalidValue) }
    return .init(
      text: key.text, session: "\(key.session)", password: password, connection: pair.publicKey.bytes.hexadecimal,
      listener: listener.bytes.hexadecimal)
  }

  private func words(_ seed: UInt64, _ purpose: CounterRandom.Purpose, _ stream: Int, _ index: Int) -> Vectors.Words {
    let words = CounterRandom(seed: seed, purpose: purpose).words(stream, index)
    return .init(
      seed: seed, purpose: purpose.rawValue, stream: stream, index: index, words: (0..<4).map { words[$0] })
  }

  private func permutation(_ seed: UInt64, epoch: Int, images: Int) -> Vectors.Permutation {
    let stream = SampleStream(imageCount: images, batchSize: 1, seed: seed)
    return .init(
      seed: seed, epoch: epoch, images: images, first: Array(stream.makePermutation(epoch: epoch).prefix(16)))
  }

  private func tree(_ leaves: Int) -> Vectors.Tree {
    var nodes: [[Int]] = []
    func visit(_ node: ReductionTree.Node) {
      nodes.append([node.start, node.count])
      guard let (left, right) = node.children else { return }
      visit(left)
      visit(right)
    }
    visit(ReductionTree(leafCount: leaves).root)
    return .init(leaves: leaves, nodes: nodes)
  }

  private func share(_ leaves: Int, _ held: Range<Int>) -> Vectors.Share {
    let nodes = ReductionTree(leafCount: leaves).maximalNodes(covering: Set(held))
    return .init(leaves: leaves, held: Array(held), nodes: nodes.map { [$0.start, $0.count] })
  }

  private func segments(servers: Int) throws -> Vectors.Segments {
    let definition = try RunDefinition(["network.preset=mlp", "execution.servers=\(servers)"])
    return .init(
      inputs: definition.images.shape.count, classes: definition.images.classNames.count, servers: servers,
      segments: definition.shards.segments.map { [$0.server, $0.range.lowerBound, $0.range.upperBound] })
  }

  private func run(_ settings: [String]) throws -> Vectors.Run {
    let definition = try RunDefinition(["network.preset=mlp"] + settings)
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let layout = definition.architecture.layout
    let initial = InitialWeights(layout: layout, seed: UInt64(definition.spec.seed), scale: definition.spec.initScale)
    let names = layout.parameters.enumerated().map { index, parameter in
      (parameter.name, (0..<3).map { initial.value(parameter: index, element: $0) })
    }
    return .init(
      json: String(decoding: try encoder.encode(definition), as: UTF8.self), hash: definition.specHash,
      numbers: definition.numbersFingerprint(),
      initialWeights: Dictionary(uniqueKeysWithValues: names))
  }

  @Test("hold what this program computes")
  func numbers() throws {
    let vectors = Vectors(
      key: try key(),
      words: [
        words(1, .initialWeights, 0, 0), words(1 << 40 | 7, .permutation, 3, 1 << 33), words(0, .probe, 0, 5),
        words(7, .rounding, 3, 70_000 << 32 | 5),
      ],
      permutations: [permutation(1, epoch: 0, images: 60000), permutation(7, epoch: 2, images: 10)],
      trees: [1, 2, 4, 5, 7, 12].map(tree), shares: [share(8, 0..<3), share(7, 2..<7), share(5, 1..<4)],
      segments: try [1, 2, 3].map(segments), packed: PackedVector.all(),
      runs: [
        try run(["batch=128", "steps=20"]),
        try run(["seed=7", "initScale=0.5", "steps=100", "schedule.name=cosine", "schedule.warmup=10"]),
        try run(["batch=128", "microbatch=32", "backup=1", "epochs=2", "schedule.name=cosine"]),
      ])
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    let text = String(decoding: try encoder.encode(vectors), as: UTF8.self) + "\n"
    if Self.regenerates {
      try Data(text.utf8).write(to: DocumentedCommand.repository.appending(path: Self.file))
    }
    #expect(try Repository.text(Self.file) == text, "record it again with TARE_REGENERATE_VECTORS=1 and review it")
  }

  @Test("docs/wire.md gives the periods of the code")
  func periods() throws {
    let periods = [
      "hello, ready, unanswered pull or push": Timing.retransmission, "heartbeat": Timing.heartbeat,
      "the coordinator's silence": Timing.rejoining, "a worker's silence": Timing.longestLease,
      "a server's silence": Timing.serverSilence + Timing.serverMargin,
    ]
    let rows = try PageTable.rows(of: "docs/wire.md", under: "period")
    #expect(rows.count == periods.count)
    for row in rows { #expect(Double(row[1]) == periods[row[0]], "\(row)") }
  }
}
