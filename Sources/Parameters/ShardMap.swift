/// Assigns parameters to servers: the flat vector cut into one contiguous range per server.
///
/// Cuts fall between whole scale-invariance groups, so one server can compute every norm of a group; a tensor whose
/// update rule needs a norm of the whole layer is not cut at all. The same holds for segments, into which shards are cut.
package struct ShardMap: Hashable, Sendable {
  package let layout: ParameterLayout
  /// `shards[s]` is server s's range of the flat vector; may be empty in tiny networks.
  package let shards: [Range<Int>]
  /// In network order; every server has at least one, which is empty if its shard is.
  package let segments: [Segment]
  /// `firstSegments[s]` is server s's first segment; one more entry marks the end.
  let firstSegments: [Int]

  /// - Parameters:
  ///   - segmentSize: about how many elements a segment has at least, and at most; `Segment.sizes` by default.
  ///   - keepsWhole: whether the parameter must lie on one server, in one segment.
  package init(
    layout: ParameterLayout, serverCount: Int, segmentSize: ClosedRange<Int>? = nil,
    keepsWhole: (Parameter) -> Bool = { _ in false }
  ) {
    precondition(serverCount > 0, "a run has at least one server")
    let units = layout.parameters.map { parameter in
      keepsWhole(parameter)
        ? parameter.shape.count : parameter.invariance.filtersPerGroup * parameter.filterLength
    }
    let boundaries = layout.parameters.indices.flatMap {
      stride(from: layout.offsets[$0], to: layout.offsets[$0 + 1], by: units[$0])
    }
    let cuts = (0...serverCount).map { server in
      guard server < serverCount else { return layout.count }
      let share = layout.count * server / serverCount
      return boundaries.min { abs($0 - share) < abs($1 - share) } ?? 0
    }
    let shards = (0..<serverCount).map { cuts[$0]..<cuts[$0 + 1] }
    let size = segmentSize ?? Segment.sizes(of: layout.count)
    self.init(
      layout: layout, shards: shards,
      segments: shards.map { layout.segments(of: $0, units: units, size: size) })
  }

  /// - Parameters:
  ///   - shards: one for each server, in network order; together they cover the flat vector.
  ///   - segments: those of each shard, in network order; together they cover it.
  package init(layout: ParameterLayout, shards: [Range<Int>], segments: [[Range<Int>]]) {
    self.layout = layout
    self.shards = shards
    firstSegments = segments.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.count) }
    self.segments = segments.enumerated().flatMap { server, ranges in
      ranges.map { Segment(server: server, range: $0) }
    }
  }

  /// Whole filters of one parameter, held by one server.
  package struct Slice: Hashable, Sendable {
    /// Index into the layout's parameters.
    package let parameter: Int
    package let filters: Range<Int>
    /// Where the slice lies within its server's shard.
    package let range: Range<Int>
  }

  /// The slices of server `server`, in network order.
  package func slices(of server: Int) -> [Slice] { slices(in: shards[server]) }

  /// The slices of server `server`, cut where segments begin.
  package func slicesOfSegments(of server: Int) -> [Slice] {
    segments(of: server).flatMap { slices(in: segments[$0].range, from: shards[server].lowerBound) }
  }

  /// The slices in a part of a shard, relative to its beginning.
  func slices(in part: Range<Int>) -> [Slice] { slices(in: part, from: part.lowerBound) }

  private func slices(in part: Range<Int>, from origin: Int) -> [Slice] {
    layout.parameters.indices.compactMap { index in
      let held = layout.range(of: index).clamped(to: part)
      guard !held.isEmpty else { return nil }
      let length = layout.parameters[index].filterLength
      let first = (held.lowerBound - layout.offsets[index]) / length
      return Slice(
        parameter: index, filters: first..<(first + held.count / length),
        range: (held.lowerBound - origin)..<(held.upperBound - origin))
    }
  }
}
