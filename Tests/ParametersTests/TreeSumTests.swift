import Parameters
import Testing

/// Sums of Floats that depend on the order of addition, so that equality of bits means equality of order.
@Suite struct TreeSumTests {
  private func leaf(_ i: Int) -> Float { Float(CounterRandom(seed: 3, purpose: .probe).normal(0, i)) * Float(i + 1) }

  /// The sum computed from the definition of the tree.
  private func reference(_ node: ReductionTree.Node) -> Float {
    guard let (left, right) = node.children else { return leaf(node.start) }
    return reference(left) + reference(right)
  }

  private func shuffled<T>(_ items: [T], _ trial: Int) -> [T] {
    let random = CounterRandom(seed: 9, purpose: .permutation)
    var items = items
    for i in items.indices.dropFirst() { items.swapAt(i, random.integer(trial, i, below: i + 1)) }
    return items
  }

  @Test(arguments: [1, 2, 3, 5, 7, 12, 16, 21]) func arrivalOrderDoesNotMatter(leafCount: Int) {
    let tree = ReductionTree(leafCount: leafCount)
    for trial in 0..<30 {
      // Workers with random shares send their maximal nodes; the messages arrive shuffled, some of them twice.
      let random = CounterRandom(seed: UInt64(trial), purpose: .faults)
      let workers = 1 + trial % 4
      let owner = (0..<leafCount).map { random.integer(leafCount, $0, below: workers) }
      let pushes = (0..<workers).flatMap { worker in
        tree.maximalNodes(covering: Set((0..<leafCount).filter { owner[$0] == worker }))
      }
      var sum = TreeSum<Float>(over: tree, combine: +)
      var verdicts: [TreeSum<Float>.Verdict: Int] = [:]
      for node in shuffled(pushes + pushes.prefix(trial % 3), trial) {
        verdicts[sum.insert(reference(node), at: node), default: 0] += 1
      }
      #expect(sum.total == reference(tree.root))
      #expect(verdicts[.accepted] == pushes.count)
      #expect(verdicts[.duplicate, default: 0] == min(trial % 3, pushes.count))
      #expect(sum.held == [tree.root])
    }
  }

  @Test func nothingIsCompleteBeforeEverythingIsThere() {
    let tree = ReductionTree(leafCount: 6)
    var sum = TreeSum<Float>(over: tree, combine: +)
    for i in [5, 0, 3, 1, 4] {
      #expect(sum.insert(leaf(i), at: .init(start: i, count: 1)) == .accepted)
      #expect(sum.total == nil)
    }
    #expect(sum.held == [.init(start: 0, count: 2), .init(start: 3, count: 1), .init(start: 4, count: 2)])
    #expect(sum.insert(leaf(2), at: .init(start: 2, count: 1)) == .accepted)
    #expect(sum.total == reference(tree.root))
  }

  /// A larger node replaces its parts; a part of an accepted node changes nothing.
  @Test func containingNodesReplaceAndContainedOnesAreDuplicates() {
    let tree = ReductionTree(leafCount: 8)
    var sum = TreeSum<Float>(over: tree, combine: +)
    #expect(sum.insert(leaf(1), at: .init(start: 1, count: 1)) == .accepted)
    #expect(sum.insert(leaf(2), at: .init(start: 2, count: 1)) == .accepted)
    let half = ReductionTree.Node(start: 0, count: 4)
    #expect(sum.insert(reference(half), at: half) == .accepted)
    #expect(sum.held == [half] && sum[half] == reference(half))
    #expect(sum.insert(-1, at: .init(start: 0, count: 2)) == .duplicate)
    #expect(sum.insert(-1, at: half) == .duplicate)
    #expect(sum[half] == reference(half))
    sum.removeAll()
    #expect(sum.held.isEmpty && sum.total == nil)
  }

  @Test func rangesThatAreNoNodesAreUnknown() {
    var sum = TreeSum<Float>(over: ReductionTree(leafCount: 6), combine: +)
    for (start, count) in [(1, 2), (2, 4), (-1, 1), (6, 1), (0, 0), (0, 7)] {
      #expect(sum.insert(1, at: .init(start: start, count: count)) == .unknown)
    }
    #expect(sum.held.isEmpty)
  }
}
