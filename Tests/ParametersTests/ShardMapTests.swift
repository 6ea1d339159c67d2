import Parameters
import Testing

@Suite struct ShardMapTests {
  private static func weight(_ layer: String, _ shape: Shape) -> Parameter {
    Parameter(layer: layer, shape: shape, role: .weight, group: .weights, initializer: .constant(0))
  }

  private static let layout = ParameterLayout([
    weight("conv1", Shape(32, 3, 3, 3)), weight("norm1", Shape(32)), weight("conv2", Shape(64, 32, 3, 3)),
    weight("head", Shape(10, 256)), weight("bias", Shape(10)),
  ])

  @Test(arguments: 1...12) func shardsCoverEverythingInOrder(serverCount: Int) {
    let map = ShardMap(layout: Self.layout, serverCount: serverCount)
    #expect(map.shards.count == serverCount)
    #expect(map.shards.first?.lowerBound == 0 && map.shards.last?.upperBound == Self.layout.count)
    #expect(zip(map.shards, map.shards.dropFirst()).allSatisfy { $0.upperBound == $1.lowerBound })
  }

  /// The slices of all servers together contain every filter of every parameter exactly once; none is cut.
  @Test(arguments: 1...12) func slicesAreWholeFilters(serverCount: Int) {
    let map = ShardMap(layout: Self.layout, serverCount: serverCount)
    var filters = Self.layout.parameters.map { _ in [Int]() }
    for server in 0..<serverCount {
      var end = 0
      for slice in map.slices(of: server) {
        let parameter = Self.layout.parameters[slice.parameter]
        #expect(slice.range.lowerBound == end && slice.range.count == slice.filters.count * parameter.filterLength)
        let start = Self.layout.offsets[slice.parameter] + slice.filters.lowerBound * parameter.filterLength
        #expect(map.shards[server].lowerBound + slice.range.lowerBound == start)
        end = slice.range.upperBound
        filters[slice.parameter] += slice.filters
      }
      #expect(end == map.shards[server].count)
    }
    #expect(filters == Self.layout.parameters.map { Array(0..<$0.filterCount) })
  }

  /// No shard deviates from its fair share by more than the largest filter on each side.
  @Test(arguments: 1...12) func sharesAreFair(serverCount: Int) {
    let map = ShardMap(layout: Self.layout, serverCount: serverCount)
    let largest = Self.layout.parameters.map(\.filterLength).max() ?? 0
    for shard in map.shards {
      #expect(abs(Double(shard.count) - Double(Self.layout.count) / Double(serverCount)) <= Double(largest + 1))
    }
  }

  @Test(arguments: 1...12) func wholeTensorsAreKept(serverCount: Int) {
    let map = ShardMap(layout: Self.layout, serverCount: serverCount) { $0.layer == "conv2" }
    let holders = (0..<serverCount).flatMap { map.slices(of: $0) }.filter { $0.parameter == 2 }
    #expect(holders.map(\.filters) == [0..<64])
  }

  /// 12 filters in groups of 4: no group lies on two servers.
  @Test(arguments: 1...12) func scaleInvarianceGroupsAreKept(serverCount: Int) {
    let grouped = Parameter(
      layer: "conv", shape: Shape(12, 5), role: .weight, group: .weights, invariance: .groups(ofFilters: 4),
      initializer: .constant(0))
    let map = ShardMap(layout: ParameterLayout([grouped]), serverCount: serverCount)
    let filters = (0..<serverCount).flatMap { map.slices(of: $0) }.map(\.filters)
    #expect(filters.flatMap { $0 } == Array(0..<12))
    #expect(filters.allSatisfy { $0.lowerBound % 4 == 0 && $0.count % 4 == 0 })
    #expect(filters.count == min(serverCount, 3))
  }

  @Test func moreServersThanFilters() {
    let tiny = ParameterLayout([Self.weight("a", Shape(2, 3))])
    let map = ShardMap(layout: tiny, serverCount: 5)
    #expect(map.shards.reduce(0) { $0 + $1.count } == 6)
    #expect((0..<5).flatMap { map.slices(of: $0) }.flatMap { Array($0.filters) } == [0, 1])
  }

  /// Segments are whole filters of one server's shard in order, whole tensors unless these are larger than they may be, and
  /// not smaller than they must be.
  @Test(
    arguments: [1, 2, 3, 8], [1...1, 1...5000, 40...300, 1000...2000, 1...Int.max, 20_000...20_000, Int.max...Int.max])
  func segments(serverCount: Int, size: ClosedRange<Int>) {
    let map = ShardMap(layout: Self.layout, serverCount: serverCount, segmentSize: size) { $0.layer == "head" }
    for server in 0..<serverCount {
      let segments = map.segments(of: server).map { map.segments[$0] }
      #expect(segments.allSatisfy { $0.server == server } && !segments.isEmpty)
      #expect(segments.first?.range.lowerBound == map.shards[server].lowerBound)
      #expect(segments.last?.range.upperBound == map.shards[server].upperBound)
      #expect(zip(segments, segments.dropFirst()).allSatisfy { $0.range.upperBound == $1.range.lowerBound })
      #expect(segments.dropFirst().allSatisfy { $0.range.count >= size.lowerBound })
      #expect(segments.count == 1 || segments[0].range.count >= size.lowerBound / 4)
      for (number, segment) in zip(map.segments(of: server), segments) {
        #expect(map.segment(at: segment.range.lowerBound, of: server) == number)
        let slices = map.slicesOfSegments(of: server).filter {
          segment.range.contains(map.shards[server].lowerBound + $0.range.lowerBound)
        }
        #expect(slices.reduce(0) { $0 + $1.range.count } == segment.range.count)
        // A tensor is cut only if it is larger than a segment may be, and never the one that must stay whole.
        for slice in slices where slice.filters.count < Self.layout.parameters[slice.parameter].filterCount {
          let held = map.slices(of: server).first { $0.parameter == slice.parameter }?.filters
          let parameter = Self.layout.parameters[slice.parameter]
          #expect(slice.filters == held || parameter.shape.count > size.upperBound && parameter.layer != "head")
        }
      }
    }
    if size.lowerBound == .max { #expect(map.segments.map(\.range) == map.shards) }
    if size == 1...Int.max, serverCount == 1 { #expect(map.segments.count == Self.layout.parameters.count) }
  }

  /// However large a network is and however many layers it has, its segments fit into the queues of sockets.
  @Test(arguments: [(1, 100_000_000), (1000, 100_000), (3000, 40_000), (7, 5)]) func segmentCount(
    layers: Int, size: Int
  ) {
    let layout = ParameterLayout((0..<layers).map { Self.weight("l\($0)", Shape(size, 1)) })
    for serverCount in [1, 8] {
      let map = ShardMap(layout: layout, serverCount: serverCount)
      #expect(map.segments.count <= 129 + serverCount)
    }
  }
}
