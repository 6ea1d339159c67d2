/// The one binary tree over the microbatches 0 ..< leafCount along which every sum of a step is taken.
///
/// A node of n leaves splits at the largest power of two below n. The shape depends on `leafCount` alone, so neither
/// the number of workers nor the order of arrival affects rounding.
package struct ReductionTree: Hashable, Sendable {
  package let leafCount: Int

  package init(leafCount: Int) {
    precondition(leafCount > 0, "a tree has at least one leaf")
    self.leafCount = leafCount
  }

  package var root: Node { Node(start: 0, count: leafCount) }

  /// A node, named by the leaves below it.
  package struct Node: Hashable, Sendable, Comparable, Codable {
    package let start: Int
    package let count: Int

    package init(start: Int, count: Int) {
      self.start = start
      self.count = count
    }

    package var leaves: Range<Int> { start..<(start + count) }

    package func contains(_ other: Node) -> Bool {
      start <= other.start && other.start + other.count <= start + count
    }

    /// The two halves, or `nil` for a leaf.
    package var children: (left: Node, right: Node)? {
      guard count > 1 else { return nil }
      let half = 1 << (Int.bitWidth - 1 - (count - 1).leadingZeroBitCount)
      return (Node(start: start, count: half), Node(start: start + half, count: count - half))
    }

    package static func < (a: Node, b: Node) -> Bool { (a.start, b.count) < (b.start, a.count) }
  }

  /// Whether `node` is one of this tree's nodes; an arbitrary range of leaves is not.
  package func hasNode(_ node: Node) -> Bool { node == root || parent(of: node) != nil }

  /// The node whose half `node` is; `nil` for the root and for a range that is not a node of this tree.
  package func parent(of node: Node) -> Node? {
    guard node.count > 0, root.contains(node) else { return nil }
    var current = root
    while let (left, right) = current.children {
      if node == left || node == right { return current }
      current = left.contains(node) ? left : right
    }
    return nil
  }

  /// The fewest nodes that cover exactly `leaves`, in order: the sums that a worker sends.
  package func maximalNodes(covering leaves: Set<Int>) -> [Node] {
    var result: [Node] = []
    func visit(_ node: Node) {
      let held = node.leaves.count { leaves.contains($0) }
      if held == node.count {
        result.append(node)
      } else if held > 0, let (left, right) = node.children {
        visit(left)
        visit(right)
      }
    }
    visit(root)
    return result
  }
}
