import CKernels

/// How the numbers of one segment are packed for the wire, and how its sums are rounded: the arithmetic of docs/protocol.md,
/// rule 40.
///
/// In a lossy format, the value of a node of the reduction tree is what is sent of it: a leaf is packed, and an inner node is the
/// sum of the halves as they are unpacked, packed again. So it does not matter who computes which node. A packed vector is a
/// number of words of four bytes, in a buffer that counts them as elements.
package struct SegmentCoding: Sendable {
  package let wire: Wire
  /// Elements of the segment.
  package let count: Int
  /// Words of a packed segment; without a lossy format, its elements.
  package let wordCount: Int
  /// How many filters the metrics follow.
  let loggedFilters: Int
  let blocks: [Block]

  /// Filters of one parameter.
  struct Block {
    enum Encoding {
      case plain
      case sixteenBits(tare_sixteen_bits)
      case bytes

      init(of parameter: Parameter, _ format: WireFormat) {
        self =
          switch format {
          case _ where parameter.role.isStatistic: .plain
          case .float32: .plain
          case .bfloat16: .sixteenBits(tare_bfloat16)
          case .float16: .sixteenBits(tare_float16)
          case .int8: parameter.filterLength < Wire.shortestRounded ? .plain : .bytes
          }
      }
    }

    let encoding: Encoding
    /// In the segment.
    let elements: Range<Int>
    let rows: Int
    let rowLength: Int
    /// Among those of the segment that the metrics follow; `nil` if they don't.
    let logged: Range<Int>?
    /// In the flat vector.
    let firstElement: Int
    let firstWord: Int

    var wordCount: Int {
      switch encoding {
      case .plain: elements.count
      case .sixteenBits: (elements.count + 1) / 2
      case .bytes: rows + (elements.count + 3) / 4
      }
    }
  }

  /// - Parameters:
  ///   - slices: of the segment, in network order.
  ///   - origin: where the segment begins in what the slices' ranges count from.
  package init(_ slices: [ShardMap.Slice], from origin: Int, of layout: ParameterLayout, wire: Wire) {
    self.wire = wire
    var (blocks, words, logged): ([Block], Int, Int) = ([], 0, 0)
    for slice in slices {
      let parameter = layout.parameters[slice.parameter]
      let followed = parameter.isLogged ? logged..<logged + slice.filters.count : nil
      let block = Block(
        encoding: Block.Encoding(of: parameter, wire.format),
        elements: slice.range.lowerBound - origin..<slice.range.upperBound - origin, rows: slice.filters.count,
        rowLength: parameter.filterLength, logged: followed,
        firstElement: layout.offsets[slice.parameter] + slice.filters.lowerBound * parameter.filterLength,
        firstWord: words)
      words += block.wordCount
      logged += followed?.count ?? 0
      blocks.append(block)
    }
    count = slices.reduce(0) { $0 + $1.range.count }
    wordCount = words
    self.blocks = wire.format.isLossy ? blocks : []
    loggedFilters = logged
  }
}
