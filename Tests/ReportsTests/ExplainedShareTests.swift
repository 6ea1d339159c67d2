import Foundation
import Reports
import Testing

@Suite("The share of variance that a quantity explains")
struct ExplainedShareTests {
  /// Numbers that look random and are always the same: those of van der Corput to a base, in 0..<1.
  private static func spread(_ count: Int, base: Int) -> [Double] {
    (1...count).map { number in
      var (rest, share, value) = (number, 1.0, 0.0)
      while rest > 0 {
        share /= Double(base)
        value += share * Double(rest % base)
        rest /= base
      }
      return value
    }
  }

  private static let places = spread(64, base: 2).map { pow(10, 4 * $0 - 3) }

  private static func share(_ x: [Double], _ y: [Double]) throws -> Double {
    try #require(ExplainedShare(zip(x, y).map { ($0, $1) })).share
  }

  @Test("is nearly 1 for a smooth function, whatever its form")
  func functions() throws {
    let functions: [(Double) -> Double] = [
      { log10($0) }, { pow(log10($0) + 1, 2) }, { sin(2 * log10($0)) }, { sqrt($0) },
    ]
    for function in functions { #expect(try Self.share(Self.places, Self.places.map(function)) > 0.98) }
  }

  @Test("is nearly 0 for independent values, and never reaches 1 by passing through all points")
  func independent() throws {
    for base in [3, 5, 7, 11] {
      let share = try Self.share(Self.places, Self.spread(64, base: base))
      #expect(0...0.1 ~= share, "\(base): \(share)")
    }
  }

  @Test("is 1 − σ²/Var for a function with noise of variance σ²")
  func noise() throws {
    let noise = Self.spread(512, base: 3).map { 12.squareRoot() * ($0 - 0.5) }
    let x = Self.spread(512, base: 2).map { pow(10, 4 * $0) }
    // A line over 4 decades, whose variance is 16/12, and noise of variance 1/3.
    let share = try Self.share(x, zip(x, noise).map { log10($0) + $1 / 3.0.squareRoot() })
    #expect(abs(share - 0.8) < 0.03, "\(share)")
  }

  @Test("of values on a grid it is that of the means of the other points at the same value, 0 included")
  func grid() throws {
    // Four values, a decade apart, four points each; y differs by value only, or within each value only.
    let x = (0..<16).map { [0, 0.1, 1, 10][$0 / 4] }
    let between = try Self.share(x, (0..<16).map { [3, 1, 8, 2][$0 / 4] })
    #expect(between > 0.999, "\(between)")
    let within = try Self.share(x, (0..<16).map { Double($0 % 4) })
    #expect(within == 0, "\(within)")
  }

  @Test("does not depend on the unit of x, nor on unit and zero of y")
  func units() throws {
    let y = zip(Self.places, Self.spread(64, base: 3)).map { pow(log10($0), 2) + $1 }
    let share = try Self.share(Self.places, y)
    #expect(abs(try Self.share(Self.places.map { 1000 * $0 }, y.map { 7 - 3 * $0 }) - share) < 1e-9)
  }

  @Test("of two runs with nearly the same x, one far away does not change the line without bounds")
  func ties() throws {
    let x = (0..<8).map { 1 + 1e-12 * Double($0) } + [100, 1e4]
    let y = [1, 2, 1, 2, 1, 2, 1, 2, 1.5, 1.6]
    let fit = try #require(ExplainedShare(zip(x, y).map { ($0, $1) }))
    #expect((0...1).contains(fit.share) && [1, 3, 30, 1e4].allSatisfy { 0...3 ~= fit.prediction(at: $0) })
  }

  @Test("is undefined for few points, and where nothing varies")
  func undefined() {
    func points(_ count: Int, _ x: (Int) -> Double, _ y: (Int) -> Double) -> [(x: Double, y: Double)] {
      (0..<count).map { (x($0), y($0)) }
    }
    #expect(ExplainedShare(points(7, { Double($0) }, { Double($0) })) == nil)
    #expect(ExplainedShare(points(9, { _ in 1 }, { Double($0) })) == nil)
    #expect(ExplainedShare(points(9, { Double($0) }, { _ in 1 })) == nil)
    #expect(ExplainedShare(points(9, { Double($0 - 1) }, { Double($0) })) == nil, "no logarithm of negative numbers")
  }

  @Test(
    "95 % intervals have the width that tables of Student's t give",
    arguments: [(1, 12.706), (2, 4.3027), (3, 3.1824), (4, 2.7764), (9, 2.2622), (29, 2.0452)])
  func student(freedom: Int, expected: Double) throws {
    #expect(abs(StudentInterval.quantile(freedom: freedom) / expected - 1) < 2e-3)
    // Of −1 and 1 the mean has the standard deviation 1.
    #expect(abs(try #require(StudentInterval.halfWidth(of: [-1, 1])) - 12.706) < 1e-3)
    #expect(StudentInterval.halfWidth(of: [3]) == nil)
  }
}
