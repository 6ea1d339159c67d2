import Parameters

/// Buffers of segments, cut from flat vectors: a network of many segments takes as few pieces of memory as one of few.
final class Slabs<Scalar: KernelScalar> {
  private let count: Int
  private let allocate: BufferPool<Scalar>.Allocation
  private var slabs: [Buffer<Scalar>] = []

  /// - Parameter count: of a flat vector.
  init(count: Int, allocating allocate: @escaping BufferPool<Scalar>.Allocation) {
    (self.count, self.allocate) = (count, allocate)
  }

  /// Makes the buffers of the segment that lies there: the n-th one in the n-th slab.
  func allocation(of range: Range<Int>) -> BufferPool<Scalar>.Allocation {
    var made = 0
    return { [self] _ in
      if made == slabs.count { slabs.append(allocate(count)) }
      defer { made += 1 }
      return slabs[made].part(range)
    }
  }
}
