import CKernels

extension SegmentCoding {
  /// Packs the segment that begins at `offset` of `weights`, each number rounded to the nearest.
  ///
  /// - Precondition: the format has 16 bits.
  package func pack<Scalar: KernelScalar>(
    weights: Buffer<Scalar>, at offset: Int, into packed: Buffer<Scalar>
  ) {
    precondition(!wire.format.sendsDifferences, "differences are packed")
    for block in blocks {
      let x = unsafe floats(weights, block, from: offset)
      if case .sixteenBits(let format) = block.encoding {
        unsafe tare_pack16(isa, format, x, halves(packed, block), 1, block.elements.count, nil)
      } else {
        unsafe words(packed, block).update(from: x, count: block.elements.count)
      }
    }
  }

  /// Packs by what the weights of the segment that begins at `offset` differ from those that workers hold, each difference
  /// rounded to the nearest; filters that are not rounded as they are.
  package func pack<Scalar: KernelScalar>(
    differencesOf weights: Buffer<Scalar>, from held: Buffer<Scalar>, at offset: Int, into packed: Buffer<Scalar>
  ) {
    for block in blocks {
      let x = unsafe floats(weights, block, from: offset)
      if case .bytes = block.encoding {
        unsafe tare_pack8_differences(
          isa, x, floats(held, block, from: offset), bytes(packed, block), block.rows, block.rowLength)
      } else {
        unsafe words(packed, block).update(from: x, count: block.elements.count)
      }
    }
  }

  /// Writes what packed numbers stand for to the segment that begins at `offset` of `whole`: weights, or differences from those
  /// in the same place of `held`, if it is given.
  package func unpack<Scalar: KernelScalar>(
    _ packed: Buffer<Scalar>, into whole: Buffer<Scalar>, at offset: Int, onto held: Buffer<Scalar>? = nil
  ) {
    precondition(packed.count == wordCount && offset + count <= whole.count, "a packed segment, and room for it")
    for block in blocks {
      let x = unsafe floats(whole, block, from: offset)
      switch block.encoding {
      case .plain: unsafe x.update(from: words(packed, block), count: block.elements.count)
      case .sixteenBits(let format): unsafe tare_unpack16(isa, format, halves(packed, block), x, block.elements.count)
      case .bytes:
        unsafe tare_unpack8(
          isa, held.map { unsafe UnsafePointer(floats($0, block, from: offset)) }, bytes(packed, block), x, block.rows,
          block.rowLength)
      }
    }
  }
}

/// Where the numbers of a block lie. All scalars are floats, because no other has a lossy format.
extension SegmentCoding {
  var isa: Int32 { InstructionSet.current.number }

  /// In a vector in which the segment begins at `offset`.
  func floats<Scalar: KernelScalar>(
    _ whole: Buffer<Scalar>, _ block: Block, from offset: Int = 0
  ) -> UnsafeMutablePointer<Float> {
    precondition(offset + block.elements.upperBound <= whole.count, "the block lies in the vector")
    return unsafe start(whole) + offset + block.elements.lowerBound
  }

  /// In a packed segment.
  func words<Scalar: KernelScalar>(_ packed: Buffer<Scalar>, _ block: Block) -> UnsafeMutablePointer<Float> {
    precondition(packed.count == wordCount, "a packed segment has \(wordCount) words")
    return unsafe start(packed) + block.firstWord
  }

  func halves<Scalar: KernelScalar>(_ packed: Buffer<Scalar>, _ block: Block) -> UnsafeMutablePointer<UInt16> {
    unsafe UnsafeMutableRawPointer(words(packed, block)).assumingMemoryBound(to: UInt16.self)
  }

  /// The scales, and behind them the numbers.
  func bytes<Scalar: KernelScalar>(_ packed: Buffer<Scalar>, _ block: Block) -> tare_bytes {
    let scales = unsafe words(packed, block)
    let numbers = unsafe UnsafeMutableRawPointer(scales + block.rows).assumingMemoryBound(to: Int8.self)
    return unsafe tare_bytes(scales: scales, numbers: numbers)
  }

  private func start<Scalar: KernelScalar>(_ buffer: Buffer<Scalar>) -> UnsafeMutablePointer<Float> {
    precondition(Scalar.elementType == .float32, "only float has lossy formats")
    return unsafe UnsafeMutableRawPointer(buffer.start).assumingMemoryBound(to: Float.self)
  }
}

extension ShardMap {
  /// How a segment's numbers travel.
  package func coding(ofSegment segment: Int, _ wire: Wire) -> SegmentCoding {
    SegmentCoding(slices(in: segments[segment].range), from: 0, of: layout, wire: wire)
  }
}
