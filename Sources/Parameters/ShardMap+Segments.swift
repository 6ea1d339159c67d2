extension ShardMap {
  /// Neighboring tensors of one shard that travel, are summed and are updated on their own: the gradients of the last layers
  /// are on their way while those of the first ones are being computed.
  package struct Segment: Hashable, Sendable {
    package let server: Int
    /// Where the segment lies in the flat vector.
    package let range: Range<Int>

    /// In elements. A message costs as much as some ten thousand of them, so small networks have one segment.
    package static let size = 1 << 15
  }

  /// The numbers of server `server`'s segments.
  package func segments(of server: Int) -> Range<Int> {
    let first = segments.firstIndex { $0.server == server } ?? segments.count
    return first..<(segments[first...].firstIndex { $0.server != server } ?? segments.count)
  }

  /// The segment that begins at element `offset` of the flat vector, on server `server`.
  package func segment(at offset: Int, of server: Int) -> Int? {
    segments.firstIndex { $0.server == server && $0.range.lowerBound == offset }
  }

  /// Server `server`'s segments, relative to the beginning of its shard.
  package func segmentRanges(of server: Int) -> [Range<Int>] {
    let start = shards[server].lowerBound
    return segments(of: server).map {
      (segments[$0].range.lowerBound - start)..<(segments[$0].range.upperBound - start)
    }
  }
}

extension ParameterLayout {
  /// Cuts a range of the flat vector between parameters, from its end, so that each part but perhaps the first has at least
  /// `size` elements.
  func parts(of range: Range<Int>, size: Int) -> [Range<Int>] {
    var parts: [Range<Int>] = []
    var end = range.upperBound
    for start in offsets.reversed() where range.contains(start) && end - start >= size {
      parts.append(start..<end)
      end = start
    }
    // A small first layer is not worth a message of its own.
    if end > range.lowerBound || parts.isEmpty {
      if end - range.lowerBound < size / 4, let first = parts.popLast() { end = first.upperBound }
      parts.append(range.lowerBound..<end)
    }
    return parts.reversed()
  }
}
