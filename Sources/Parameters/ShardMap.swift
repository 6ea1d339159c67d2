/// Assigns parameters to servers: the flat vector cut into one contiguous range per server.
///
/// Cuts fall between whole scale-invariance groups, so one server can compute every norm of a group; a tensor whose
/// update rule needs a norm of the whole layer is not cut at all.
package struct ShardMap: Hashable, Sendable {
  package let layout: ParameterLayout
  /// `shards[s]` is server s's range of the flat vector; may be empty in tiny networks.
  package let shards: [Range<Int>]
  /// In network order; every server has at least one, which is empty if its shard is.
  package let segments: [Segment]

  /// - Parameters:
  ///   - segmentSize: about how many elements a segment has.
  ///   - keepsWhole: whether the parameter must lie on one server.
  package init(
    layout: ParameterLayout, serverCount: Int, segmentSize: Int = Segment.size,
    keepsWhole: (Parameter) -> Bool = { _ in false }
  ) {
    precondition(serverCount > 0, "a run has at least one server")
    let boundaries = layout.parameters.enumerated().flatMap { index, parameter in
      let group = parameter.invariance.filtersPerGroup * parameter.filterLength
      let unit = keepsWhole(parameter) ? parameter.shape.count : group
      return stride(from: layout.offsets[index], to: layout.offsets[index + 1], by: unit)
    }
    let cuts = (0...serverCount).map { server in
      guard server < serverCount else { return layout.count }
      let share = layout.count * server / serverCount
      return boundaries.min { abs($0 - share) < abs($1 - share) } ?? 0
    }
    self.init(layout: layout, shards: (0..<serverCount).map { cuts[$0]..<cuts[$0 + 1] }, segmentSize: segmentSize)
  }

  /// - Parameter shards: one for each server, in network order; together they cover the flat vector.
  package init(layout: ParameterLayout, shards: [Range<Int>], segmentSize: Int) {
    self.layout = layout
    self.shards = shards
    segments = shards.indices.flatMap { server in
      layout.parts(of: shards[server], size: segmentSize).map { Segment(server: server, range: $0) }
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

  /// The slices in a part of a shard, relative to its beginning.
  func slices(in shard: Range<Int>) -> [Slice] {
    layout.parameters.indices.compactMap { index in
      let held = layout.range(of: index).clamped(to: shard)
      guard !held.isEmpty else { return nil }
      let length = layout.parameters[index].filterLength
      let first = (held.lowerBound - layout.offsets[index]) / length
      return Slice(
        parameter: index, filters: first..<(first + held.count / length),
        range: (held.lowerBound - shard.lowerBound)..<(held.upperBound - shard.lowerBound))
    }
  }
}
