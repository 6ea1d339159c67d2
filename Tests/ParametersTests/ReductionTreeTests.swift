import Parameters
import Testing

@Suite struct ReductionTreeTests {
  /// All nodes, by descending from the root.
  private func nodes(_ tree: ReductionTree) -> [ReductionTree.Node] {
    func below(_ node: ReductionTree.Node) -> [ReductionTree.Node] {
      guard let (left, right) = node.children else { return [node] }
      return [node] + below(left) + below(right)
    }
    return below(tree.root)
  }

  @Test(arguments: 1...40) func halvesPartitionTheirParent(leafCount: Int) {
    let tree = ReductionTree(leafCount: leafCount)
    let all = nodes(tree)
    #expect(all.count == 2 * leafCount - 1)
    for node in all {
      #expect(tree.hasNode(node))
      guard let (left, right) = node.children else { continue }
      #expect(left.leaves.upperBound == right.leaves.lowerBound)
      #expect(left.start == node.start && right.leaves.upperBound == node.leaves.upperBound)
      #expect(left.count.nonzeroBitCount == 1 && left.count < node.count && 2 * left.count >= node.count)
      #expect(tree.parent(of: left) == node && tree.parent(of: right) == node)
    }
  }

  @Test(arguments: [1, 2, 5, 6, 8, 13]) func onlyNodesAreNodes(leafCount: Int) {
    let tree = ReductionTree(leafCount: leafCount)
    let all = Set(nodes(tree))
    for start in -1...leafCount {
      for count in -1...(leafCount + 1) {
        let node = ReductionTree.Node(start: start, count: count)
        #expect(tree.hasNode(node) == all.contains(node), "\(node)")
      }
    }
    #expect(tree.parent(of: tree.root) == nil)
  }

  /// For every set of leaves: the nodes are disjoint, cover it exactly, are in order, and no two could be merged.
  @Test(arguments: [1, 3, 6, 7, 8]) func maximalNodesAreTheFewest(leafCount: Int) {
    let tree = ReductionTree(leafCount: leafCount)
    for bits in 0..<(1 << leafCount) {
      let leaves = Set((0..<leafCount).filter { bits >> $0 & 1 == 1 })
      let chosen = tree.maximalNodes(covering: leaves)
      #expect(chosen.flatMap { Array($0.leaves) } == leaves.sorted())
      #expect(chosen.allSatisfy { tree.hasNode($0) })
      #expect(chosen.allSatisfy { node in tree.parent(of: node).map { !leaves.isSuperset(of: $0.leaves) } ?? true })
    }
  }
}
