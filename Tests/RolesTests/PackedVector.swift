import Parameters

/// How a lossy wire packs one segment, byte by byte, with numbers as little-endian floats in hexadecimal.
struct PackedVector: Encodable {
  struct Tensor: Encodable {
    let name: String
    let shape: [Int]
  }
  /// What is sent of a node of the tree over the leaves.
  struct Value: Encodable {
    let start, count: Int
    let packed: String
    /// By how much each logged filter has been changed; none where that is not a number.
    let errors: [Double]
  }
  struct Weights: Encodable {
    /// The version before, where differences from it travel.
    let held: String?
    let weights, packed, unpacked: String
  }
  let format: String
  let seed: UInt64
  let step: Int
  let parameters: [Tensor]
  /// Of the segment, in the flat vector.
  let begin, end: Int
  /// Gradients of microbatches.
  let leaves: [String]
  let values: [Value]
  let weights: [Weights]

  /// The segment begins at the second filter of a tensor. Filters of 20 and 83 weights are long enough for int8, those of 15 are
  /// not; and no block but the first one fills its last four bytes with 16 bits an element.
  private static let layout = ParameterLayout([
    Parameter(layer: "first", shape: Shape(4, 20), role: .weight, group: .weights, initializer: .constant(0)),
    Parameter(layer: "first", shape: Shape(3), role: .gamma, group: .gammaBeta, initializer: .constant(0)),
    Parameter(layer: "first", shape: Shape(3), role: .runningMean, group: .statistics, initializer: .constant(0)),
    Parameter(layer: "short", shape: Shape(3, 15), role: .weight, group: .weights, initializer: .constant(0)),
    Parameter(layer: "long", shape: Shape(1, 83), role: .weight, group: .weights, initializer: .constant(0)),
    Parameter(layer: "head", shape: Shape(1), role: .bias, group: .head, initializer: .constant(0)),
  ])
  private static let segment = 20..<layout.count
  private static let step = 70_000

  /// Halfway between two numbers of some format, and next to it; the largest ones, the smallest ones, and zeros.
  private static let special: [Float] = [
    1 + 0x1p-8, 1 + 0x3p-8, 1 + 0x1p-8 + 0x1p-20, -1 - 0x1p-8, 1 + 0x1p-11, 1 + 0x3p-11, -1 - 0x3p-11, 0x1p-25, 0x3p-25,
    0x1p-25 + 0x1p-40, -0x5p-25, 0x1p-14 - 0x1p-25, 65504, 65519, 0, -0, 0x1p-130, -0x1p-24, 0x1.fep-1, 127,
  ]

  /// - Parameter first: the first filter.
  private static func numbers(_ stream: Int, first: [Float] = []) -> Buffer<Float> {
    let random = CounterRandom(seed: 3, purpose: .probe)
    return Buffer(
      segment.indices.map { index in
        let place = index - segment.lowerBound
        if place < first.count { return first[place] }
        let number = Float(random.normal(stream, index))
        // The second filter is as good as 0.
        return (20..<40).contains(place) ? number * 0x1p-110 : number
      })
  }

  private static func coding(_ wire: Wire) -> SegmentCoding {
    ShardMap(
      layout: layout, shards: [0..<segment.lowerBound, segment], segments: [[0..<segment.lowerBound], [segment]]
    ).coding(ofSegment: 1, wire)
  }

  /// - Parameter leaves: three.
  private init(_ wire: Wire, leaves: [Buffer<Float>], measuring: Bool, weights: [Weights]) {
    let coding = Self.coding(wire)
    let pool = BufferPool<Float>(count: coding.wordCount)
    var values: [Value] = []
    func note(_ node: ReductionTree.Node, _ value: Contribution<Float>) -> Contribution<Float> {
      let packed = Self.hexadecimal(value.gradient)
      values.append(Value(start: node.start, count: node.count, packed: packed, errors: value.errors))
      return value
    }
    var sum = TreeSum<Contribution<Float>>(over: ReductionTree(leafCount: leaves.count)) {
      note($0, coding.add($1, $2, at: .init(step: Self.step, node: $0), into: pool.take()))
    }
    for (index, leaf) in leaves.enumerated() {
      let node = ReductionTree.Node(start: index, count: 1)
      let contribution = Contribution(gradient: leaf, tally: Tally(samples: 1))
      let place = SegmentCoding.Place(step: Self.step, node: node)
      _ = sum.insert(note(node, coding.packed(contribution, at: place, measuring: measuring, into: pool)), at: node)
    }
    format = wire.format.rawValue
    seed = wire.seed
    step = Self.step
    parameters = Self.layout.parameters.map { Tensor(name: $0.name, shape: $0.shape.extents) }
    (begin, end) = (Self.segment.lowerBound, Self.segment.upperBound)
    self.leaves = leaves.map(Self.hexadecimal)
    self.values = values
    self.weights = weights
  }

  /// Finite numbers with what follows from them, and some that are not.
  static func all() -> [PackedVector] {
    WireFormat.allCases.filter(\.isLossy).flatMap { format -> [PackedVector] in
      let wire = Wire(format, seed: 1 << 40 | 7)
      let spoiled = numbers(3)
      // Too large for float16; in other filters, in γ, in a statistic and in a short filter, not finite.
      let places: [(Int, Float)] = [(3, 65520), (25, .nan), (41, .infinity), (61, .nan), (64, .nan), (100, -.infinity)]
      for (place, value) in places { unsafe spoiled.start[place] = value }
      return [
        PackedVector(
          wire, leaves: [numbers(0, first: special), numbers(1), numbers(2)], measuring: true, weights: weights(wire)),
        PackedVector(wire, leaves: [spoiled, numbers(1), numbers(2)], measuring: false, weights: []),
      ]
    }
  }

  private static func weights(_ wire: Wire) -> [Weights] {
    let coding = coding(wire)
    let (packed, unpacked) = (Buffer<Float>(count: coding.wordCount), Buffer<Float>(count: coding.count))
    guard wire.format.sendsDifferences else {
      let weights = numbers(4, first: special)
      coding.pack(weights: weights, at: 0, into: packed)
      coding.unpack(packed, into: unpacked, at: 0)
      let (packed, unpacked) = (hexadecimal(packed), hexadecimal(unpacked))
      return [Weights(held: nil, weights: hexadecimal(weights), packed: packed, unpacked: unpacked)]
    }
    // With the scale 1, differences of which some are halfway between two whole numbers.
    let held = numbers(4, first: Array(repeating: 0, count: 20))
    let weights = numbers(
      5, first: [127, 0.5, 1.5, 2.5, -0.5, -1.5, -2.5, 0.49, 126.5, -126.5] + (0..<10).map { Float($0) / 3 })
    coding.pack(differencesOf: weights, from: held, at: 0, into: packed)
    coding.unpack(packed, into: unpacked, at: 0, onto: held)
    return [
      Weights(
        held: hexadecimal(held), weights: hexadecimal(weights), packed: hexadecimal(packed),
        unpacked: hexadecimal(unpacked))
    ]
  }

  private static func hexadecimal(_ numbers: Buffer<Float>) -> String {
    numbers.values.flatMap { number in (0..<4).map { UInt8(truncatingIfNeeded: number.bitPattern >> ($0 * 8)) } }
      .hexadecimal
  }
}
