import Parameters
import Testing

/// All instruction sets give the bits of the plain loop. Serialized: each case chooses the set for the process, which
/// no other test can notice in its numbers.
@Suite(.serialized) struct InstructionSetTests {
  /// (filters, filterLength), with tails of every kind.
  static let shapes = [(1, 1), (40, 1), (3, 5), (7, 15), (5, 16), (5, 17), (4, 27), (3, 100), (2, 1000)]

  @Test func allPathsOfThisProcessorAreListed() {
    #expect(InstructionSet.available.first == .plain)
    #expect(InstructionSet.available.contains(InstructionSet.current))
  }

  @Test(arguments: InstructionSet.available, Kernel.names) func update(set: InstructionSet, kernel: String) throws {
    let plain = try #require(
      PlainKernels.all.first { $0.name == kernel }, "add the kernel \(kernel) as a plain formula to PlainKernels")
    for shape in Self.shapes {
      check(plain, Float.self, set, shape)
      check(plain, Double.self, set, shape)
    }
  }

  @Test(arguments: InstructionSet.available) func otherKernels(set: InstructionSet) {
    for shape in Self.shapes {
      checkOthers(Float.self, set, shape)
      checkOthers(Double.self, set, shape)
    }
  }

  @Test(
    "an element that is infinite or not a number is found at every place, and no other",
    arguments: InstructionSet.available)
  func finiteness(set: InstructionSet) {
    checkFiniteness(Float.self, set)
    checkFiniteness(Double.self, set)
  }

  private func checkFiniteness<S: KernelScalar>(_: S.Type, _ set: InstructionSet) {
    InstructionSet.current = set
    func areFinite(_ elements: [S]) -> Bool {
      let buffer = Buffer(elements)
      return unsafe S.areFinite(buffer.start, count: buffer.count)
    }
    let finite: [S] = [
      .greatestFiniteMagnitude, -.greatestFiniteMagnitude, .leastNormalMagnitude, .leastNonzeroMagnitude,
      -.leastNonzeroMagnitude, 0, -0.0, 1,
    ]
    for count in 0...50 {
      let elements = (0..<count).map { finite[$0 % finite.count] }
      #expect(areFinite(elements), "\(count)")
      for place in 0..<count {
        for value in [S.nan, -.nan, .signalingNaN, .infinity, -.infinity] {
          var faulty = elements
          faulty[place] = value
          #expect(!areFinite(faulty), "\(value) at \(place) of \(count)")
        }
      }
    }
  }

  /// Irregular numbers with rounding errors everywhere; some are zero.
  private func numbers<S: KernelScalar>(
    _ count: Int, _ seed: UInt64, zeros: Bool = false, positive: Bool = false
  ) -> [S] {
    let random = CounterRandom(seed: seed, purpose: .probe)
    return (0..<count).map {
      let number = random.normal(0, $0)
      return zeros && $0 % 5 == 2 ? 0 : S(positive ? abs(number) : number)
    }
  }

  private func check<K: PlainKernel, S: KernelScalar>(
    _ plain: K.Type, _: S.Type, _ set: InstructionSet, _ shape: (Int, Int)
  ) {
    InstructionSet.current = set
    let (filters, length) = shape
    let count = filters * length
    let (old, gradient, before): ([S], [S], [S]) = (
      numbers(count, 1), numbers(count, 2, zeros: true), numbers(count, 5)
    )
    let optimizerState: [[S]] = (0..<K.kernel.stateCount).map { numbers(count, 3 + UInt64($0), positive: true) }
    let scale = S(1) / 96

    var (expected, expectedState) = (old, optimizerState)
    for i in 0..<count {
      var cell = optimizerState.map { $0[i] }
      expected[i] = K.step(old[i], gradient[i] * scale, before[i], &cell, K.numbers(row: i / length))
      for m in cell.indices { expectedState[m][i] = cell[m] }
    }
    let scaled = gradient.map { $0 * scale }

    var left = FilterSums()
    (left.w2, left.g2, left.wg, left.d2, left.wd, left.live, left.m2, left.wm) = (1, 2, 3, 4, 5, 6, 7, 8)
    let rows = (0..<filters).map { ($0 * length)..<(($0 + 1) * length) }
    let expectedNorms = rows.map { row in PlainLoop.sum(expected[row].map { Double($0) * Double($0) }) }

    let radius = 0.7
    let projected = zip(rows, expectedNorms).flatMap { row, norm in
      expected[row].map { norm == 0 ? $0 : S(radius / norm.squareRoot() * Double($0)) }
    }

    for (summing, norming, projecting, result) in [
      (true, false, false, Kernel.Result.weights), (true, false, false, .direction), (false, false, false, .weights),
      (false, true, false, .weights), (true, true, false, .weights), (false, false, true, .weights),
      (true, false, true, .weights), (true, true, true, .weights),
    ] where K.results.contains(result) {
      let expectedSums = rows.map { row in
        let m = expectedState.first.map { $0[row] }
        return K.sums(
          left, PlainLoop.sums(old[row], scaled[row], expected[row], m, isDirection: result == .direction))
      }
      let (w, g, new) = (Buffer(old), Buffer(gradient), Buffer(before))
      let m = optimizerState.map { Buffer($0) }
      var sums = [FilterSums](repeating: left, count: filters)
      let norms = Buffer<Double>(count: filters)
      unsafe sums.withUnsafeMutableBufferPointer { sums in
        let slice = unsafe TensorSlice(
          old: w.start, updated: new.start, gradientSum: g.start, gradientScale: scale,
          optimizerState: m.map { unsafe $0.start }, filters: filters, filterLength: length,
          sums: summing ? sums.baseAddress : nil, squaredNorms: norming ? norms.start : nil)
        K.run(projecting ? slice.projected(to: radius) : slice, writes: result)
      }
      #expect(new.values == (projecting ? projected : expected), "\(K.name) \(shape)")
      #expect(m.map { $0.values } == expectedState, "\(K.name) \(shape)")
      #expect(sums == (summing ? expectedSums : sums.map { _ in left }), "\(K.name) \(shape)")
      #expect(norms.values == (norming ? expectedNorms : expectedNorms.map { _ in 0 }), "\(K.name) \(shape)")
    }
  }

  private func checkOthers<S: KernelScalar>(_: S.Type, _ set: InstructionSet, _ shape: (Int, Int)) {
    InstructionSet.current = set
    let (rows, length) = shape
    let count = rows * length
    let (x, y, z): ([S], [S], [S]) = (numbers(count, 1), numbers(count, 2), numbers(count, 3))
    let (a, b, m) = (Buffer(x), Buffer(y), Buffer(z))
    let factors = Buffer((0..<rows).map { 0.3 + Double($0) / 7 })
    let norms = Buffer<Double>(count: rows)

    unsafe S.squaredNorms(ofRows: a.start, into: norms.start, rows: rows, rowLength: length)
    for r in 0..<rows {
      let expected = PlainLoop.sum(x[(r * length)..<((r + 1) * length)].map { Double($0) * Double($0) })
      unsafe #expect(norms.elements[r] == expected)
    }
    var sums = [FilterSums](repeating: FilterSums(), count: rows)
    let gradientState = Buffer<Double>(count: rows)
    unsafe sums.withUnsafeMutableBufferPointer { sums in
      let slice = unsafe TensorSlice(
        old: a.start, updated: b.start, gradientSum: b.start, gradientScale: S(1) / 96, optimizerState: [m.start],
        filters: rows, filterLength: length, sums: sums.baseAddress)
      unsafe S.sumInputsAndState(slice, gradientState: gradientState.start)
    }
    let scaledGradient = y.map { $0 * (S(1) / 96) }
    for r in 0..<rows {
      let row = (r * length)..<((r + 1) * length)
      var expected = PlainLoop.sums(x[row], scaledGradient[row], x[row], z[row], isDirection: false)
      (expected.d2, expected.wd) = (0, 0)
      #expect(sums[r] == expected)
      let products = zip(scaledGradient[row], z[row]).map { Double($0) * Double($1) }
      unsafe #expect(gradientState.elements[r] == PlainLoop.sum(products))
    }
    unsafe S.add(a.start, b.start, into: b.start, count: count)
    #expect(b.values == zip(x, y).map { $0 + $1 })
    unsafe S.scaleRows(of: a.start, by: factors.start, into: a.start, rows: rows, rowLength: length)
    let scaled = x.enumerated().map { i, x in unsafe S(factors.elements[i / length] * Double(x)) }
    #expect(a.values == scaled)
  }
}
