import OneDNN
import Testing

@Suite struct OneDNNTests {
  @Test func libraryNamesItself() {
    #expect(Library.version.hasPrefix("2."))
    #expect(!Library.instructionSet.isEmpty)
  }

  @Test func descriptorsKnowTheirExtentsAndBytes() throws {
    let plain = try TensorDescriptor(plain: [2, 3, 5, 7])
    #expect(plain.extents == [2, 3, 5, 7])
    #expect(plain.byteCount == 2 * 3 * 5 * 7 * 4)
    #expect(try plain == TensorDescriptor(plain: [2, 3, 5, 7]))
    #expect(try plain != TensorDescriptor(plain: [2, 3, 7, 5]))
  }

  @Test func memoryIsZeroedAndBindable() throws {
    let engine = try Engine.processor()
    let memory = try Memory(TensorDescriptor(plain: [4]), on: engine)
    let start = try unsafe #require(memory.floats)
    #expect((0..<4).allSatisfy { unsafe start[$0] == 0 })
    let unbound = try Memory(unbound: TensorDescriptor(plain: [4]), on: engine)
    #expect(unsafe unbound.floats == nil)
    try unsafe unbound.bind(to: start)
    #expect(unsafe unbound.floats == start)
  }

  /// To the layout that a convolution chose and back: nothing changes.
  @Test func reorderRoundTrip() throws {
    Library.useOneThread()
    let engine = try Engine.processor()
    let stream = try Stream(on: engine)
    let extents = [20, 17, 3, 3]
    let convolution = try Convolution(
      source: [2, 17, 6, 6], weights: extents, destination: [2, 20, 6, 6], padding: 1, hasBias: false, on: engine)
    let plain = try TensorDescriptor(plain: extents)
    let blocked = try convolution.forward(.direct).weights
    let (source, middle, result) = try (
      Memory(plain, on: engine), Memory(blocked, on: engine), Memory(plain, on: engine)
    )
    let count = extents.reduce(1, *)
    let input = try unsafe #require(source.floats)
    for i in 0..<count { unsafe input[i] = Float(i) }
    for (from, to) in [(source, middle), (middle, result)] {
      let descriptor = try PrimitiveDescriptor(reorderFrom: from.descriptor, to: to.descriptor, on: engine)
      #expect(descriptor.scratchpad.byteCount == 0)
      try Primitive(descriptor, [(.source, from), (.destination, to)]).execute(on: stream)
    }
    try stream.wait()
    let output = try unsafe #require(result.floats)
    #expect((0..<count).allSatisfy { unsafe output[$0] == Float($0) })
  }

  /// Against plain loops on small whole numbers, whose sums are exact: with each operand by rows and by columns.
  @Test(arguments: [false, true], [false, true])
  func matrixProduct(sourceByColumns: Bool, weightsByColumns: Bool) throws {
    let engine = try Engine.processor()
    func operand(_ extents: [Int], byColumns: Bool) throws -> Memory {
      let memory = try Memory(
        byColumns ? TensorDescriptor(columnMajor: extents) : TensorDescriptor(plain: extents), on: engine)
      let start = try unsafe #require(memory.floats)
      for row in 0..<extents[0] {
        for column in 0..<extents[1] {
          unsafe start[byColumns ? column * extents[0] + row : row * extents[1] + column] = Self.element(row, column)
        }
      }
      return memory
    }
    try expectProduct(
      of: operand([5, 37], byColumns: sourceByColumns), and: operand([37, 19], byColumns: weightsByColumns), on: engine)
  }

  /// Some rows of a matrix that lies by columns.
  @Test func matrixProductOfSomeRows() throws {
    let engine = try Engine.processor()
    let (above, height) = (2, 9)
    let whole = try Memory(TensorDescriptor(plain: [37, height]), on: engine)
    let start = try unsafe #require(whole.floats)
    for row in 0..<height {
      for column in 0..<37 { unsafe start[column * height + row] = Self.element(row - above, column) }
    }
    let some = try Memory(unbound: TensorDescriptor(columnMajor: [5, 37], amongRows: height), on: engine)
    try unsafe some.bind(to: start + above)
    let weights = try Memory(TensorDescriptor(plain: [37, 19]), on: engine)
    let elements = try unsafe #require(weights.floats)
    for row in 0..<37 { for column in 0..<19 { unsafe elements[row * 19 + column] = Self.element(row, column) } }
    try expectProduct(of: some, and: weights, on: engine)
    withExtendedLifetime(whole) {}
  }

  private static func element(_ row: Int, _ column: Int) -> Float { Float((row * 7 + column * 3) % 11 - 5) }

  /// Of matrices whose elements are those of `element`.
  private func expectProduct(of source: Memory, and weights: Memory, on engine: Engine) throws {
    Library.useOneThread()
    let stream = try Stream(on: engine)
    let (rows, inner, columns) = (
      source.descriptor.extents[0], source.descriptor.extents[1], weights.descriptor.extents[1]
    )
    let product = try MatrixProduct(
      source: source.descriptor, weights: weights.descriptor, destination: TensorDescriptor(plain: [rows, columns]),
      on: engine
    ).forward()
    let destination = try Memory(product.destination, on: engine)
    let scratchpad = try Memory(product.scratchpad, on: engine)
    try Primitive(
      product,
      [(.source, source), (.weights, weights), (.destination, destination), (.scratchpad, scratchpad)]
    ).execute(on: stream)
    try stream.wait()
    let found = try unsafe #require(destination.floats)
    for row in 0..<rows {
      for column in 0..<columns {
        let expected = (0..<inner).reduce(Float(0)) { $0 + Self.element(row, $1) * Self.element($1, column) }
        #expect(unsafe found[row * columns + column] == expected)
      }
    }
  }

  /// Winograd does not exist for 5×5 kernels; the direct algorithm is used instead.
  @Test func winogradFallsBack() throws {
    let engine = try Engine.processor()
    let convolution = try Convolution(
      source: [2, 16, 8, 8], weights: [16, 16, 5, 5], destination: [2, 16, 8, 8], padding: 2, hasBias: false,
      on: engine)
    let (asked, direct) = try (convolution.forward(.winograd), convolution.forward(.direct))
    #expect(asked.implementation == direct.implementation)
    #expect(!asked.implementation.contains("wino"))
  }

  @Test("Winograd is there for the instruction sets that are said to have it, and for no others")
  func winogradByInstructionSet() throws {
    let convolution = try Convolution(
      source: [2, 32, 8, 8], weights: [32, 32, 3, 3], destination: [2, 32, 8, 8], padding: 1, hasBias: false,
      on: Engine.processor())
    #expect(try convolution.forward(.winograd).implementation.contains("wino") == Library.hasWinograd)
  }

  @Test func errorsNameTheAttempt() throws {
    let engine = try Engine.processor()
    let error = #expect(throws: OneDNNError.self) {
      // A 3×3 window without padding cannot keep the image's size.
      try Convolution(
        source: [1, 1, 8, 8], weights: [1, 1, 3, 3], destination: [1, 1, 8, 8], padding: 0, hasBias: false, on: engine
      ).forward(.direct)
    }
    #expect(error?.description == "oneDNN could not describe a convolution: invalid arguments")
  }
}
