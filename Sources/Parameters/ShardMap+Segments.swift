extension ShardMap {
  /// Neighboring tensors of one shard, or filters of a large one, that travel, are summed and are updated on their own: the
  /// gradients of the last layers are on their way while those of the first ones are being computed.
  package struct Segment: Hashable, Sendable {
    package let server: Int
    /// Where the segment lies in the flat vector.
    package let range: Range<Int>

    /// In elements, of a network of `count`. A message costs as much as some ten thousand of them, so small networks have one
    /// segment. Of a large tensor, one part is being updated while the next one arrives. No network has more than about 128
    /// segments, which queues of 256 messages hold.
    package static func sizes(of count: Int) -> ClosedRange<Int> {
      max(1 << 15, count / 128)...max(1 << 18, count / 64)
    }
  }

  /// The numbers of server `server`'s segments.
  package func segments(of server: Int) -> Range<Int> {
    firstSegments[server]..<firstSegments[server + 1]
  }

  /// The segment that begins at element `offset` of the flat vector, on server `server`.
  package func segment(at offset: Int, of server: Int) -> Int? {
    segments(of: server).first { segments[$0].range.lowerBound == offset }
  }

  /// The server that holds segment `segment`, and the segment's number there.
  package func place(ofSegment segment: Int) -> (server: Int, number: Int) {
    let server = segments[segment].server
    return (server, segment - firstSegments[server])
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
  /// Cuts a range of the flat vector between units, from its end: into segments that have the least size, but perhaps the first,
  /// and not more than the largest, if the units are small enough. Other than that, between parameters.
  ///
  /// - Parameter units: for each parameter, how many elements must stay together; the range is one of whole units.
  func segments(of range: Range<Int>, units: [Int], size: ClosedRange<Int>) -> [Range<Int>] {
    let starts = parameters.indices.flatMap { index -> [Int] in
      let held = self.range(of: index).clamped(to: range)
      guard !held.isEmpty else { return [] }
      let unitCount = held.count / units[index]
      let pieces = min(unitCount, 1 + (held.count - 1) / size.upperBound)
      return (0..<pieces).map { held.lowerBound + unitCount * $0 / pieces * units[index] }
    }
    var segments: [Range<Int>] = []
    var end = range.upperBound
    for start in starts.reversed() where end - start >= size.lowerBound {
      segments.append(start..<end)
      end = start
    }
    // A small first layer is not worth a message of its own.
    if end > range.lowerBound || segments.isEmpty {
      if end - range.lowerBound < size.lowerBound / 4, let first = segments.popLast() { end = first.upperBound }
      segments.append(range.lowerBound..<end)
    }
    return segments.reversed()
  }
}
