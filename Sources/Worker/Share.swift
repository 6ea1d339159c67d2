import Parameters

/// A worker's part of one sum along a tree: the nodes it was given, the leaves it has begun, the sums it has.
///
/// The nodes may change while leaves are being computed. What is begun is finished, and a sum that has grown beyond a node
/// stands for it: the receiver lets a node replace what lies below it.
struct Share<Value> {
  private(set) var nodes: [ReductionTree.Node]
  private var begun: Set<Int> = []
  private var sums: TreeSum<Value>
  /// The sums that were handed out, in order.
  private(set) var delivered: [(node: ReductionTree.Node, sum: Value)] = []

  init(of nodes: [ReductionTree.Node], sums: TreeSum<Value>) {
    self.nodes = nodes
    self.sums = sums
  }

  mutating func assign(_ nodes: [ReductionTree.Node]) { self.nodes = nodes }

  /// Leaves of the share that nobody has begun yet; they count as begun now.
  mutating func begin() -> [Int] {
    let leaves = nodes.flatMap(\.leaves).filter { !begun.contains($0) }
    begun.formUnion(leaves)
    return leaves
  }

  mutating func insert(_ value: Value, at leaf: Int) {
    _ = sums.insert(value, at: ReductionTree.Node(start: leaf, count: 1))
  }

  /// Sums that cover nodes of the share and were not handed out before.
  mutating func deliver() -> [(node: ReductionTree.Node, sum: Value)] {
    var new: [(node: ReductionTree.Node, sum: Value)] = []
    for node in nodes where !isDelivered(node) {
      guard let held = sums.held.first(where: { $0.contains(node) }), let sum = sums[held] else { continue }
      new.append((held, sum))
      delivered.append((held, sum))
    }
    return new
  }

  /// Whether every node of the share has been handed out.
  var isDelivered: Bool { nodes.allSatisfy(isDelivered) }

  private func isDelivered(_ node: ReductionTree.Node) -> Bool { delivered.contains { $0.node.contains(node) } }
}
