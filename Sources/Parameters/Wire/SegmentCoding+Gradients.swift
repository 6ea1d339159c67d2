import CKernels

extension SegmentCoding {
  /// Where in a run a gradient is rounded.
  package struct Place: Hashable, Sendable {
    let step: Int
    let node: ReductionTree.Node

    package init(step: Int, node: ReductionTree.Node) {
      self.step = step
      self.node = node
    }
  }

  /// The value of a leaf: a microbatch's gradient, packed. Without a lossy format, as it is.
  ///
  /// - Parameter measuring: whether to measure what rounding changes.
  package func packed<Scalar: KernelScalar>(
    _ leaf: Contribution<Scalar>, at place: Place, measuring: Bool, into pool: BufferPool<Scalar>
  ) -> Contribution<Scalar> {
    guard wire.format.isLossy else { return leaf }
    precondition(leaf.gradient.count == count, "a gradient of the segment's size")
    let packed = pool.take()
    let errors = unsafe errors(measuring) { block, errors in
      let x = unsafe floats(leaf.gradient, block)
      switch block.encoding {
      case .plain: unsafe words(packed, block).update(from: x, count: block.elements.count)
      case .sixteenBits(let format):
        unsafe tare_pack16(isa, format, x, halves(packed, block), block.rows, block.rowLength, errors)
      case .bytes:
        var dither = dither(at: place, block)
        unsafe tare_pack8(isa, x, bytes(packed, block), block.rows, block.rowLength, &dither, errors)
      }
    }
    return Contribution(gradient: packed, tally: leaf.tally, squares: leaf.squares, errors: errors)
  }

  /// The value of an inner node: the packed sum of its halves, written into `sum`. Errors are measured if both halves' are. Threads
  /// share what is not rounded.
  package func add<Scalar: KernelScalar>(
    _ a: Contribution<Scalar>, _ b: Contribution<Scalar>, at place: Place, into sum: Buffer<Scalar>,
    on threads: Threads = .one
  ) -> Contribution<Scalar> {
    guard wire.format.isLossy else { return .add(a, b, into: sum, on: threads) }
    let (left, right) = (a.gradient, b.gradient)
    precondition(left.count == wordCount && right.count == wordCount && sum.count == wordCount, "packed segments")
    let errors = unsafe errors(loggedFilters > 0 && a.errors.count == loggedFilters && b.errors.count == loggedFilters)
    {
      block, errors in
      switch block.encoding {
      case .plain:
        unsafe tare_add_f32(isa, words(left, block), words(right, block), words(sum, block), block.elements.count)
      case .sixteenBits(let format):
        unsafe tare_add16(
          isa, format, halves(left, block), halves(right, block), halves(sum, block), block.rows, block.rowLength,
          errors)
      case .bytes:
        var dither = dither(at: place, block)
        unsafe tare_add8(
          isa, bytes(left, block), bytes(right, block), bytes(sum, block), block.rows, block.rowLength, &dither, errors)
      }
    }
    return Contribution(
      gradient: sum, tally: a.tally + b.tally, squares: Contribution<Scalar>.sum(a.squares, b.squares),
      errors: zip(errors, Contribution<Scalar>.sum(a.errors, b.errors)).map { $0 + $1 })
  }

  /// The numbers that a packed gradient stands for.
  package func unpacked<Scalar: KernelScalar>(
    _ packed: Buffer<Scalar>, into pool: BufferPool<Scalar>
  ) -> Buffer<Scalar> {
    guard wire.format.isLossy else { return packed }
    let whole = pool.take()
    unpack(packed, into: whole, at: 0)
    return whole
  }

  /// Whether all numbers that a packed vector stands for are finite.
  package func areFinite<Scalar: KernelScalar>(_ packed: Buffer<Scalar>, on threads: Threads = .one) -> Bool {
    guard wire.format.isLossy else {
      return threads.allSatisfy(packed.count) { range in
        unsafe Scalar.areFinite(packed.start + range.lowerBound, count: range.count)
      }
    }
    return blocks.allSatisfy { block in
      switch block.encoding {
      case .plain: unsafe tare_are_finite_f32(isa, words(packed, block), block.elements.count) != 0
      case .sixteenBits(let format):
        unsafe tare_are_finite16(isa, format, halves(packed, block), block.elements.count) != 0
      // All rows that are not finite have such a scale.
      case .bytes: unsafe tare_are_finite_f32(isa, words(packed, block), block.rows) != 0
      }
    }
  }

  /// Does something with each block and the place of its errors, which it adds to: 0 where they are not measured.
  private func errors(_ isMeasured: Bool, _ body: (Block, UnsafeMutablePointer<Double>?) -> Void) -> [Double] {
    var errors = [Double](repeating: 0, count: isMeasured ? loggedFilters : 0)
    unsafe errors.withUnsafeMutableBufferPointer { errors in
      let start = isMeasured ? errors.baseAddress : nil
      for block in blocks {
        let place = unsafe block.logged.flatMap { logged in unsafe start.map { unsafe $0 + logged.lowerBound } }
        unsafe body(block, place)
      }
    }
    return errors
  }

  private func dither(at place: Place, _ block: Block) -> tare_dither {
    // Leaf k has the number 2k, and an inner node that of the gap between its halves.
    let node = place.node.children.map { 2 * $0.right.start - 1 } ?? 2 * place.node.start
    return tare_dither(
      key: (UInt32(truncatingIfNeeded: wire.seed), UInt32(truncatingIfNeeded: wire.seed >> 32)),
      step: UInt32(truncatingIfNeeded: place.step), node: UInt32(truncatingIfNeeded: node),
      purpose: CounterRandom.Purpose.rounding.rawValue, first: UInt32(truncatingIfNeeded: block.firstElement))
  }
}
