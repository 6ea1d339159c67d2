import Parameters

/// A worker's part of one sum along a tree: its assigned nodes, the leaves it has begun, and the sums it has.
///
/// The nodes may change while leaves are being computed. Leaves that were begun are finished, and a sum that has grown
/// beyond a node is sent in its place: on the receiver, a node replaces the nodes below it.
struct Share<Value> {
  private(set) var nodes: [ReductionTree.Node]
  private var begun: Set<Int> = []
  private var sums: TreeSum<Value>
  /// The sums that were delivered, in order.
  private(set) var delivered: [(node: ReductionTree.Node, sum: Value)] = []

  init(of nodes: [ReductionTree.Node], sums: TreeSum<Value>) {
    self.nodes = nodes
    self.sums = sums
  }

  mutating func assign(_ nodes: [ReductionTree.Node]) { self.nodes = nodes }

  /// Returns the leaves of the share that have not been begun, and marks them as begun.
  mutating func begin() -> [Int] {
    let leaves = nodes.flatMap(\.leaves).filter { !begun.contains($0) }
    begun.formUnion(leaves)
    return leaves
  }

  mutating func insert(_ value: Value, at leaf: Int) {
    _ = sums.insert(value, at: ReductionTree.Node(start: leaf, count: 1))
  }

  /// Returns the sums that cover nodes of the share and have not been delivered yet.
  mutating func deliver() -> [(node: ReductionTree.Node, sum: Value)] {
    var new: [(node: ReductionTree.Node, sum: Value)] = []
    for node in nodes where !isDelivered(node) {
      guard let held = sums.held.first(where: { $0.contains(node) }), let sum = sums[held] else { continue }
      new.append((held, sum))
      delivered.append((held, sum))
    }
    return new
  }

  /// Whether every node of the share has been delivered.
  var isDelivered: Bool { nodes.allSatisfy(isDelivered) }

  private func isDelivered(_ node: ReductionTree.Node) -> Bool { delivered.contains { $0.node.contains(node) } }
}
