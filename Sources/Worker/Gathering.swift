import Parameters

/// The flat weights of one version, assembled from the servers' segments as they arrive.
struct Gathering<Scalar: KernelScalar> {
  private let segments: [ShardMap.Segment]
  private let pool: BufferPool<Scalar>
  private var flat: Buffer<Scalar>?
  private(set) var missing: [Int] = []
  private var unrequested: [Int] = []

  init(shards: ShardMap) {
    segments = shards.segments
    pool = BufferPool(count: shards.layout.count)
  }

  mutating func start() {
    flat = nil
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
    if segments.count == 1 {
      // The only segment is the whole vector: use it without a copy.
      flat = part
      return true
    }
    let target = flat ?? pool.take()
    flat = target
    unsafe (target.start + segments[segment].range.lowerBound).update(from: part.start, count: part.count)
    return true
  }

  /// The weights, once every segment has arrived.
  var complete: Buffer<Scalar>? { missing.isEmpty ? flat : nil }
}
