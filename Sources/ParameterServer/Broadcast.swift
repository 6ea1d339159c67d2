import Parameters

/// How a shard's weights travel to the workers, and what workers hold of each version then.
struct Broadcast<Scalar: KernelScalar> {
  let codings: [SegmentCoding]
  private let segments: [Range<Int>]
  /// Where each segment lies in a packed version.
  private let words: [Range<Int>]
  private let format: WireFormat
  private let packedPool: BufferPool<Scalar>
  private let heldPool: BufferPool<Scalar>

  /// One version.
  struct Sent {
    /// What workers compute with, if it is ever sent whole.
    fileprivate(set) var held: Buffer<Scalar>?
    /// All segments: weights, or by what `held` differs from that of the version before.
    fileprivate(set) var packed: Buffer<Scalar>?
  }

  /// - Parameter segments: of the shard, of whole slices.
  init(
    _ slices: [ShardMap.Slice], segments: [Range<Int>], of layout: ParameterLayout, wire: Wire,
    allocating allocate: @escaping BufferPool<Scalar>.Allocation
  ) {
    codings = segments.map { segment in
      SegmentCoding(
        slices.filter { segment.contains($0.range.lowerBound) }, from: segment.lowerBound, of: layout, wire: wire)
    }
    self.segments = segments
    format = wire.format
    var end = 0
    words = codings.map { coding in
      defer { end += coding.wordCount }
      return end..<end + coding.wordCount
    }
    packedPool = BufferPool(count: end, allocating: allocate)
    heldPool = BufferPool(count: segments.last?.upperBound ?? 0, allocating: allocate)
  }

  /// The version that a generation begins with, of which workers hold nothing yet.
  ///
  /// - Parameter held: what the workers of the run held of it, if it is told; by default, the weights themselves.
  func first(_ weights: Buffer<Scalar>, held: Buffer<Scalar>? = nil) -> Sent {
    guard format.isLossy, !format.sendsDifferences else { return Sent(held: held ?? weights) }
    let sent = Sent(packed: packedPool.take())
    for segment in segments.indices { round(segment, of: weights, after: sent, into: sent) }
    return sent
  }

  /// Room for what workers held, to be filled and then given to `first`.
  func room() -> Buffer<Scalar> { heldPool.take() }

  /// The same numbers in memory of its own.
  func own(_ held: Buffer<Scalar>) -> Buffer<Scalar> {
    guard !heldPool.made(held) else { return held }
    let copy = heldPool.take()
    unsafe copy.start.update(from: held.start, count: held.count)
    return copy
  }

  /// Room for a version, segment by segment.
  func next(_ weights: Buffer<Scalar>) -> Sent {
    guard format.isLossy else { return Sent(held: weights) }
    return Sent(held: format.sendsDifferences ? heldPool.take() : nil, packed: packedPool.take())
  }

  /// Makes what is sent of a segment of new weights.
  ///
  /// - Parameter before: the version before.
  func round(_ segment: Int, of weights: Buffer<Scalar>, after before: Sent, into sent: Sent) {
    guard let packed = sent.packed?.part(words[segment]) else { return }
    let (coding, offset) = (codings[segment], segments[segment].lowerBound)
    if let held = sent.held, let before = before.held {
      coding.pack(differencesOf: weights, from: before, at: offset, into: packed)
      coding.unpack(packed, into: held, at: offset, onto: before)
    } else {
      coding.pack(weights: weights, at: offset, into: packed)
    }
  }

  /// A segment as it is sent to a worker, and whether it is packed.
  ///
  /// - Parameter followsHeld: whether the worker holds the version before.
  func part(_ segment: Int, of sent: Sent, followsHeld: Bool) -> (content: Buffer<Scalar>, isPacked: Bool)? {
    if let packed = sent.packed, followsHeld || !format.sendsDifferences { return (packed.part(words[segment]), true) }
    return sent.held.map { ($0.part(segments[segment]), false) }
  }

  /// What workers compute with.
  func held(of sent: Sent) -> Buffer<Scalar>? {
    if let held = sent.held { return held }
    guard let packed = sent.packed else { return nil }
    let whole = heldPool.take()
    for (segment, coding) in codings.enumerated() {
      coding.unpack(packed.part(words[segment]), into: whole, at: segments[segment].lowerBound)
    }
    return whole
  }
}
