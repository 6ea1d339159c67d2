import Benchmarks
import Testing

@Suite("Rounds and their figures")
struct RoundsTests {
  @Test(
    "least, middle, largest, in any order",
    arguments: [
      ([3.0], [3.0, 3, 3]), ([2, 1], [1, 1.5, 2]), ([9, 1, 4], [1, 4, 9]), ([4, 1, 3, 100], [1, 3.5, 100]),
    ])
  func spread(values: [Double], expected: [Double]) throws {
    let spread = try #require(Spread(of: values))
    #expect([spread.min, spread.median, spread.max] == expected)
  }

  @Test func nothingMeasured() {
    #expect(Spread(of: []) == nil)
    #expect(Rounds().measurement == nil)
  }

  private func figure(_ rounds: [(value: Double, load: Double)]) throws -> MeasuredValue {
    var measured = Rounds()
    for round in rounds { measured.append(.init(value: round.value, foreignLoad: round.load)) }
    return try #require(measured.measurement)
  }

  @Test("three quiet rounds are enough, and then the others do not count")
  func quiet() throws {
    let figure = try figure([(10, 0), (1, 0.1), (12, 0.099), (2, 1.5), (11, 0.05)])
    #expect(figure.isQuiet)
    #expect(figure.spread == Spread(of: [10, 11, 12]))
    #expect(figure.quietRounds == 3)
    #expect(figure.rounds == 5)
    #expect(figure.foreignLoad == 0.099)
  }

  @Test("with two quiet rounds all count, and the figure says so")
  func busy() throws {
    let figure = try figure([(10, 0), (1, 0.2), (12, 0.05), (2, 1.5)])
    #expect(!figure.isQuiet)
    #expect(figure.spread == Spread(of: [1, 2, 10, 12]))
    #expect(figure.quietRounds == 2)
  }
}
