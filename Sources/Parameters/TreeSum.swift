/// A sum along a `ReductionTree` whose terms arrive in any order, possibly repeatedly.
///
/// A node is complete when its own sum or both halves are present; completeness never depends on a count of leaves.
package struct TreeSum<Value> {
  package let tree: ReductionTree
  private var sums: [ReductionTree.Node: Value] = [:]
  private var combine: (ReductionTree.Node, Value, Value) -> Value

  /// - Parameter combine: left half + right half; called once for each inner node.
  package init(over tree: ReductionTree, combine: @escaping (Value, Value) -> Value) {
    self.init(over: tree) { _, left, right in combine(left, right) }
  }

  /// - Parameter combine: the value of a node from those of its halves; called once for each inner node.
  package init(over tree: ReductionTree, combine: @escaping (ReductionTree.Node, Value, Value) -> Value) {
    self.tree = tree
    self.combine = combine
  }

  package enum Verdict: Hashable, Sendable {
    case accepted
    /// The node, or one that contains it, was accepted before.
    case duplicate
    /// The tree has no such node.
    case unknown
  }

  /// Adds the sum of one node. A node that contains accepted ones replaces them: it consists of the same terms.
  @specialized(where Value == Contribution<Float>)
  @specialized(where Value == Contribution<Double>)
  package mutating func insert(_ value: Value, at node: ReductionTree.Node) -> Verdict {
    guard tree.hasNode(node) else { return .unknown }
    guard !sums.keys.contains(where: { $0.contains(node) }) else { return .duplicate }
    for held in sums.keys where node.contains(held) { sums[held] = nil }
    sums[node] = value
    merge(from: node)
    return .accepted
  }

  /// The sum over all leaves, once it is complete.
  package var total: Value? { sums[tree.root] }

  /// The nodes whose sums are held, in order.
  package var held: [ReductionTree.Node] {
    @specialized(where Value == Contribution<Float>)
    @specialized(where Value == Contribution<Double>)
    get { sums.keys.sorted() }
  }

  /// The sum of `node`, if it is held under this node.
  package subscript(node: ReductionTree.Node) -> Value? { sums[node] }

  package mutating func removeAll() { sums.removeAll(keepingCapacity: true) }

  /// Begins another sum, with another function.
  package mutating func removeAll(combine: @escaping (ReductionTree.Node, Value, Value) -> Value) {
    removeAll()
    self.combine = combine
  }

  private mutating func merge(from node: ReductionTree.Node) {
    var current = node
    while let parent = tree.parent(of: current), let (left, right) = parent.children,
      let a = sums[left], let b = sums[right]
    {
      sums[left] = nil
      sums[right] = nil
      sums[parent] = combine(parent, a, b)
      current = parent
    }
  }
}
