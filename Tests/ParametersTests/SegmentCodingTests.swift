import Parameters
import Testing

/// What travels is what the definition says, on every instruction set. Serialized: each case chooses the set for the process.
@Suite("Lossy wires", .serialized) struct SegmentCodingTests {
  /// Filters of all kinds of lengths, the shortest ones too short for int8.
  static let layout = ParameterLayout(
    [(3, 16), (4, 17), (5, 27), (2, 100), (3, 64), (2, 1000), (6, 15), (4, 3)].enumerated().flatMap { index, shape in
      [
        Parameter(
          layer: "\(index)", shape: Shape(shape.0, shape.1), role: .weight, group: .weights, invariance: .filter,
          initializer: .constant(0)),
        Parameter(
          layer: "\(index)", shape: Shape(shape.0), role: .gamma, group: .gammaBeta, initializer: .constant(0)),
        Parameter(
          layer: "\(index)", shape: Shape(shape.0), role: .runningMean, group: .statistics, initializer: .constant(0)),
      ]
    })

  static let wires = WireFormat.allCases.filter(\.isLossy).map { Wire($0, seed: 0x0123_4567_89AB_CDEF) }

  /// Of many magnitudes; some are 0, and some filters are all 0 or almost.
  static func numbers(_ seed: UInt64) -> Buffer<Float> {
    let random = CounterRandom(seed: seed, purpose: .probe)
    return Buffer(
      (0..<layout.count).map { index in
        let number = random.normal(0, index) * (0.5 + random.uniform(1, index / 50))
        return index % 11 == 3 ? 0 : index / 40 % 9 == 2 ? Float(number) * 1e-33 : Float(number)
      })
  }

  static func coding(_ wire: Wire) -> SegmentCoding {
    ShardMap(layout: layout, serverCount: 1, segmentSize: Int.max...Int.max).coding(ofSegment: 0, wire)
  }

  static func unpacked(_ contribution: Contribution<Float>, _ coding: SegmentCoding) -> [Float] {
    coding.unpacked(contribution.gradient, into: BufferPool(count: coding.count)).values
  }

  // MARK: The definition

  /// The nearest bfloat16: of the two that enclose the number, by distance, and of equal ones the even one.
  static func bfloat16(_ x: Float) -> Float {
    let below = Float(bitPattern: x.bitPattern & 0xFFFF_0000)
    let above = Float(bitPattern: (x.bitPattern & 0xFFFF_0000) &+ 0x1_0000)
    let (down, up) = (abs(Double(x) - Double(below)), abs(Double(above) - Double(x)))
    if down == up { return below.bitPattern & 0x1_0000 == 0 ? below : above }
    return down < up ? below : above
  }

  /// One filter whose first element is number `first` of the flat vector.
  static func int8(_ x: ArraySlice<Float>, first: Int, _ wire: Wire, step: Int, node: Int) -> [Float] {
    let largest = x.map(abs).max() ?? 0
    guard largest >= 0x1p-100 else { return x.map { _ in 0 } }
    let (scale, inverse) = (largest / 127, 127 / largest)
    let random = CounterRandom(seed: wire.seed, purpose: .rounding)
    return x.enumerated().map { index, x in
      let words = random.words(node, step << 32 | first + index / 64 * 64 + index % 16)
      let dither = Float(words[index / 16 % 4] >> 8) * 0x1p-24
      return max(-127, min(127, (x * inverse + dither).rounded(.down))) * scale
    }
  }

  /// - Parameter node: as numbered in the definition.
  static func rounded(_ x: [Float], _ wire: Wire, step: Int, node: Int) -> [Float] {
    layout.parameters.enumerated().flatMap { index, parameter -> [Float] in
      let part = x[layout.range(of: index)]
      guard !parameter.role.isStatistic else { return Array(part) }
      switch wire.format {
      case .float32: return Array(part)
      case .bfloat16: return part.map(bfloat16)
      case .float16: return part.map { Float(Float16($0)) }
      case .int8:
        let length = parameter.filterLength
        guard length >= 16 else { return Array(part) }
        return stride(from: part.startIndex, to: part.endIndex, by: length).flatMap {
          int8(part[$0..<$0 + length], first: $0, wire, step: step, node: node)
        }
      }
    }
  }

  // MARK: Tests

  @Test(
    "leaves and sums are rounded as defined, and by how much is measured", arguments: InstructionSet.available, wires)
  func definition(set: InstructionSet, wire: Wire) {
    InstructionSet.current = set
    let coding = Self.coding(wire)
    #expect(coding.wordCount < coding.count && coding.wordCount > coding.count / 5)
    let pool = BufferPool<Float>(count: coding.wordCount)
    let (step, nodes) = (70_000, (0..<3).map { ReductionTree.Node(start: $0, count: 1) })
    let inputs = (0..<3).map { Self.numbers(UInt64($0) + 1) }
    var sum = TreeSum<Contribution<Float>>(over: ReductionTree(leafCount: 3)) {
      coding.add($1, $2, at: .init(step: step, node: $0), into: pool.take())
    }
    let leaves = inputs.enumerated().map { leaf, input in
      Self.rounded(input.values, wire, step: step, node: 2 * leaf)
    }
    for (leaf, input) in inputs.enumerated() {
      let packed = coding.packed(
        Contribution(gradient: input, tally: Tally(samples: 1)), at: .init(step: step, node: nodes[leaf]),
        measuring: true, into: pool)
      #expect(Self.unpacked(packed, coding) == leaves[leaf])
      #expect(sum.insert(packed, at: nodes[leaf]) == .accepted)
    }
    // A node of two or three leaves, with the numbers of the gaps between its halves.
    let pair = Self.rounded(zip(leaves[0], leaves[1]).map { $0 + $1 }, wire, step: step, node: 1)
    let all = Self.rounded(zip(pair, leaves[2]).map { $0 + $1 }, wire, step: step, node: 3)
    let total = sum.total
    #expect(total.map { Self.unpacked($0, coding) } == all)
    #expect(total?.tally.samples == 3)

    let exact = [inputs[0].values, inputs[1].values, inputs[2].values]
    let errors = zip(exact, leaves).map { Self.errors($0, $1) }
    let more = [
      Self.errors(zip(leaves[0], leaves[1]).map { $0 + $1 }, pair),
      Self.errors(zip(pair, leaves[2]).map { $0 + $1 }, all),
    ]
    let expected = (0..<errors[0].count).map { filter in (errors + more).reduce(0) { $0 + $1[filter] } }
    let measured = total?.errors ?? []
    #expect(measured.count == expected.count && expected.count { $0 > 0 } > 15)
    for (measured, expected) in zip(measured, expected) {
      #expect(abs(measured - expected) <= 1e-12 * expected + 1e-66)
    }
  }

  /// Σ (y − x)² of each filter that the metrics follow.
  static func errors(_ x: [Float], _ y: [Float]) -> [Double] {
    layout.parameters.enumerated().flatMap { index, parameter -> [Double] in
      guard parameter.isLogged else { return [] }
      let start = layout.offsets[index]
      return (0..<parameter.filterCount).map { filter in
        (0..<parameter.filterLength).reduce(0) { sum, element in
          let place = start + filter * parameter.filterLength + element
          return sum + (Double(y[place]) - Double(x[place])) * (Double(y[place]) - Double(x[place]))
        }
      }
    }
  }

  @Test("int8 has no bias: the mean of many roundings is the number")
  func unbiased() {
    let (coding, input) = (Self.coding(Self.wires[2]), Self.numbers(5))
    let pool = BufferPool<Float>(count: coding.wordCount)
    let steps = 2000
    var sums = [Double](repeating: 0, count: coding.count)
    for step in 0..<steps {
      let packed = coding.packed(
        Contribution(gradient: input, tally: Tally()), at: .init(step: step, node: .init(start: 1, count: 1)),
        measuring: false, into: pool)
      for (index, value) in Self.unpacked(packed, coding).enumerated() { sums[index] += Double(value) }
    }
    // In units of the standard error, with the largest variance that a rounding up or down has.
    var deviations: [Double] = []
    for (index, parameter) in Self.layout.parameters.enumerated() where parameter.filterLength > 15 {
      for filter in 0..<parameter.filterCount {
        let start = Self.layout.offsets[index] + filter * parameter.filterLength
        let range = start..<start + parameter.filterLength
        let scale = range.map { Double(abs(input.values[$0])) }.max().map { $0 / 127 } ?? 0
        guard scale > 1e-20 else { continue }
        deviations += range.map {
          (sums[$0] / Double(steps) - Double(input.values[$0])) / (scale / 2 / Double(steps).squareRoot())
        }
      }
    }
    #expect(deviations.count > 2000 && deviations.allSatisfy { abs($0) < 5 })
    // Of all together, it is far smaller than any one may be.
    #expect(abs(deviations.reduce(0, +)) < 5 * Double(deviations.count).squareRoot())
  }

  @Test("a number is rounded to the same one wherever segments and shards are cut", arguments: wires)
  func cuts(wire: Wire) {
    let input = Self.numbers(9)
    let whole = Self.coding(wire)
    let place = SegmentCoding.Place(step: 3, node: .init(start: 4, count: 2))
    func rounded(_ coding: SegmentCoding, _ part: Buffer<Float>) -> [Float] {
      let packed = coding.packed(
        Contribution(gradient: part, tally: Tally()), at: place, measuring: false,
        into: BufferPool(count: coding.wordCount))
      return Self.unpacked(packed, coding)
    }
    let expected = rounded(whole, input)
    for (servers, size) in [(1, 1...40), (3, 1...500), (4, 1...Int.max)] {
      let shards = ShardMap(layout: Self.layout, serverCount: servers, segmentSize: size)
      let values = shards.segments.indices.flatMap {
        rounded(shards.coding(ofSegment: $0, wire), input.part(shards.segments[$0].range))
      }
      #expect(values == expected && shards.segments.count > servers)
    }
  }

  @Test(
    "a number that is not finite shows in what is packed, at every place", arguments: InstructionSet.available, wires)
  func finiteness(set: InstructionSet, wire: Wire) {
    InstructionSet.current = set
    let coding = Self.coding(wire)
    func packed(_ gradient: Buffer<Float>) -> Buffer<Float> {
      coding.packed(
        Contribution(gradient: gradient, tally: Tally()), at: .init(step: 0, node: .init(start: 0, count: 1)),
        measuring: false, into: BufferPool(count: coding.wordCount)
      ).gradient
    }
    #expect(coding.areFinite(packed(Self.numbers(2))))
    for (index, value) in [Float.nan, -.nan, .infinity, -.infinity, .signalingNaN].enumerated() {
      for place in stride(from: index, to: Self.layout.count, by: 5) {
        let gradient = Self.numbers(2)
        unsafe gradient.start[place] = value
        let packed = packed(gradient)
        let found = Self.unpacked(Contribution(gradient: packed, tally: Tally()), coding)
        #expect(!coding.areFinite(packed) && !found[place].isFinite, "\(value) at \(place)")
      }
    }
    // Larger than the largest half: infinite, which training reports.
    let large = Self.numbers(2)
    unsafe large.start[0] = 65520
    #expect(coding.areFinite(packed(large)) == (wire.format != .float16))
  }

  /// The residual of a difference is what the next one begins with.
  @Test("differences lead a worker to within one rounding of weights that stay", arguments: InstructionSet.available)
  func differences(set: InstructionSet) {
    InstructionSet.current = set
    let (coding, weights) = (Self.coding(Self.wires[2]), Self.numbers(7))
    let packed = Buffer<Float>(count: coding.wordCount)
    var held = Buffer<Float>(count: coding.count)
    var distances: [Float] = []
    for _ in 0..<4 {
      coding.pack(differencesOf: weights, from: held, at: 0, into: packed)
      let next = Buffer<Float>(count: coding.count)
      coding.unpack(packed, into: next, at: 0, onto: held)
      held = next
      distances.append(zip(held.values, weights.values).map { abs($0 - $1) }.max() ?? 0)
    }
    #expect(distances[0] > 1e-3 && distances[1] < distances[0] / 100 && distances[2] < distances[1] / 10)
  }
}
