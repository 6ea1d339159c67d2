import Foundation

/// Numbers of an axis, as a plan writes them.
package enum SweepRange: Hashable, Sendable {
  /// Texts as they stand.
  case values([String])
  /// `count` numbers with equal differences, ends included.
  case linear(from: Double, to: Double, count: Int)
  /// `count` numbers with equal ratios, ends included.
  case log(from: Double, to: Double, count: Int)
  /// 2ⁿ for every whole n between the ends, included.
  case powersOfTwo(from: Int, to: Int)

  private static let mostValues = 10_000

  /// The values as a field reads them, each times `factor`.
  ///
  /// - Throws: the words for what is wrong, such as `"log from 0 to 1: accepted: numbers above 0"`.
  package func texts(times factor: Double = 1) throws(Fault) -> [String] {
    switch self {
    case .values(let texts):
      guard factor != 1 else { return texts }
      var scaled: [String] = []
      for text in texts {
        guard let number = Double(text), number.isFinite else {
          throw Fault("\"\(text)\" is no number, and can't be multiplied")
        }
        scaled.append(Self.text(number * factor))
      }
      return scaled
    case .linear(let from, let to, let count):
      try Self.check(count)
      return (0..<count).map { Self.text((from + (to - from) * Self.fraction($0, of: count)) * factor) }
    case .log(let from, let to, let count):
      try Self.check(count)
      guard from > 0, to > 0 else { throw Fault("log from \(from) to \(to); accepted: numbers above 0") }
      let ratio = Foundation.log(to / from)
      return (0..<count).map { Self.text(from * exp(ratio * Self.fraction($0, of: count)) * factor) }
    case .powersOfTwo(let from, let to):
      guard -1000...1000 ~= from, -1000...1000 ~= to, from <= to else {
        throw Fault("powersOfTwo from \(from) to \(to); accepted: exponents in ascending order, between -1000 and 1000")
      }
      return (from...to).map { Self.text(exp2(Double($0)) * factor) }
    }
  }

  /// Why a range has no values.
  package struct Fault: Error, Hashable, Sendable {
    package let words: String
    init(_ words: String) { self.words = words }
  }

  private static func check(_ count: Int) throws(Fault) {
    guard 1...mostValues ~= count else { throw Fault("a count of \(count); accepted: 1 to \(mostValues)") }
  }

  private static func fraction(_ index: Int, of count: Int) -> Double {
    count == 1 ? 0 : Double(index) / Double(count - 1)
  }

  /// Twelve digits: what logarithms leave behind them is no part of a plan.
  private static func text(_ number: Double) -> String {
    let rounded = Double(String(format: "%.12g", number)) ?? number
    return rounded == rounded.rounded() && abs(rounded) < 1e15 ? String(format: "%.0f", rounded) : "\(rounded)"
  }
}
