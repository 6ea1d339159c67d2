import Parameters

/// The flat weights of one version, assembled from the servers' segments as they arrive.
///
/// Segments that lie in place, one behind the other in a server's own memory, are used where they are; others are copied, and packed
/// ones unpacked.
struct Gathering<Scalar: KernelScalar> {
  private let segments: [ShardMap.Segment]
  private let pool: BufferPool<Scalar>
  /// By segment, as long as they may lie in place.
  private var parts: [Buffer<Scalar>?] = []
  private var copy: Buffer<Scalar>?
  private(set) var missing: [Int] = []
  private var unrequested: [Int] = []

  init(shards: ShardMap) {
    segments = shards.segments
    pool = BufferPool(count: shards.layout.count)
  }

  mutating func start() {
    copy = nil
    parts = segments.map { _ in nil }
    missing = Array(segments.indices)
    unrequested = missing
  }

  /// Notes that a push asks for the segment.
  mutating func noteRequest(of segment: Int) { unrequested.removeAll { $0 == segment } }

  /// The missing segments that nobody has asked for, for which the caller does now.
  mutating func takeUnrequested() -> [Int] {
    defer { unrequested = [] }
    return unrequested
  }

  /// Adds one segment; returns `false` if it is a duplicate or has the wrong size.
  mutating func insert(_ part: Buffer<Scalar>, _ segment: Int) -> Bool {
    guard let index = missing.firstIndex(of: segment), part.count == segments[segment].range.count else { return false }
    missing.remove(at: index)
    unrequested.removeAll { $0 == segment }
    let (before, after) = (segment > 0 ? parts[segment - 1] : nil, segment + 1 < parts.count ? parts[segment + 1] : nil)
    parts[segment] = part
    if copy == nil, before?.isFollowed(by: part) != false, after.map(part.isFollowed) != false { return true }
    _ = takeCopy()
    return true
  }

  /// Adds one segment that is packed; returns `false` if it is a duplicate or has the wrong size.
  ///
  /// - Parameter held: the whole vector that differences are from.
  mutating func insert(
    packed: Buffer<Scalar>, _ segment: Int, coding: SegmentCoding, onto held: Buffer<Scalar>?
  ) -> Bool {
    guard let index = missing.firstIndex(of: segment), packed.count == coding.wordCount else { return false }
    missing.remove(at: index)
    unrequested.removeAll { $0 == segment }
    coding.unpack(packed, into: takeCopy(), at: segments[segment].range.lowerBound, onto: held)
    return true
  }

  /// A vector that holds what has arrived, in which everything else will be put.
  private mutating func takeCopy() -> Buffer<Scalar> {
    let whole = copy ?? pool.take()
    copy = whole
    for (place, part) in zip(segments, parts) {
      guard let part else { continue }
      unsafe (whole.start + place.range.lowerBound).update(from: part.start, count: part.count)
    }
    parts = segments.map { _ in nil }
    return whole
  }

  /// The weights, once every segment has arrived.
  var complete: Buffer<Scalar>? { missing.isEmpty ? copy ?? Buffer(joining: parts.compactMap(\.self)) : nil }
}
