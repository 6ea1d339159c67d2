import Parameters

extension HotPath {
  static let sums = [
    HotPath("addition") {
      let (a, b, sum) = (Buffer<Float>(count: 65_536), Buffer<Float>(count: 65_536), Buffer<Float>(count: 65_536))
      return { unsafe Float.add(a.start, b.start, into: sum.start, count: sum.count) }
    },
    // 31 gradients of 1,024 elements arrive in an order that is not the tree's.
    HotPath("tree sum") {
      let pool = BufferPool<Float>(count: 1024)
      var sum = TreeSum<Contribution<Float>>(over: ReductionTree(leafCount: 31)) { a, b in
        Contribution.add(a, b, into: pool.take())
      }
      let leaves = (0..<31).map { _ in Contribution(gradient: Buffer<Float>(count: 1024), tally: Tally()) }
      return {
        for index in 0..<31 {
          let leaf = index * 12 % 31
          consume(sum.insert(leaves[leaf], at: ReductionTree.Node(start: leaf, count: 1)))
        }
        consume(sum.total)
        sum.removeAll()
      }
    },
  ]
}
