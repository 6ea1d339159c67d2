import Optimization
import ParameterServer
import Parameters
import Synchronization
import Testing

@Suite("Threads of a server") struct ServerThreadsTests {
  /// Notes the parts in which threads update a tensor.
  private struct NotingRule: UpdateRule {
    static let name = "noting"
    static let defaults = RuleDefaults(learningRate: 1)
    static let parts = Mutex<[Int]>([])

    init(_ parameters: RuleParameters) {}

    var homogeneity: Homogeneity { Homogeneity(inGradient: 1, inWeights: 0) }
    var stateNames: [String] { [] }

    func update<Scalar: KernelScalar>(_ slice: TensorSlice<Scalar>, _ step: UpdateStep) {
      slice.share { part, _ in
        unsafe part.updated.update(from: part.old, count: part.filters * part.filterLength)
        Self.parts.withLock { $0.append(part.filters) }
      }
    }
  }

  @Test("they share the update of a large tensor, and a small one stays whole")
  func shared() throws {
    func parts(_ filters: Int, _ threads: Threads) throws -> [Int] {
      NotingRule.parts.withLock { $0 = [] }
      let parameter = Parameter(
        layer: "w", shape: Shape(filters, 1024), role: .weight, group: .weights, initializer: .constant(1))
      let layout = ParameterLayout([parameter])
      var shard = ParameterShard<Float>(
        slices: ShardMap(layout: layout, serverCount: 1).slices(of: 0), layout: layout,
        initial: InitialWeights(layout: layout, seed: 1), batch: 1, microbatches: 1,
        treatments: [parameter: .train(try TensorUpdate(rule: NotingRule([:])), learningRate: 1)],
        factor: { _ in 1 }, reportsAfter: { _ in false }, threads: threads)
      let gradient = Contribution<Float>(
        gradient: Buffer(count: shard.count), tally: Tally(lossSum: 1, samples: 1))
      _ = shard.advance(along: gradient)
      return NotingRule.parts.withLock { $0.sorted() }
    }
    #expect(try parts(96, Threads(3)) == [32, 32, 32])
    #expect(try parts(96, .one) == [96])
    #expect(try parts(63, Threads(3)) == [63])
  }
}
