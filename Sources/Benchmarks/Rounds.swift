/// Repeated short measurements of one thing on a machine that others may use too.
package struct Rounds: Hashable, Sendable {
  /// Processors that others may use in a quiet round: 1 is one of them, all the time.
  package static let quietLimit = 0.1
  /// With fewer quiet rounds than this a figure rests on all rounds.
  package static let fewestQuiet = 3

  /// One measurement, and how many processors others used meanwhile.
  package struct Round: Hashable, Sendable {
    package let value: Double
    package let foreignLoad: Double

    package init(value: Double, foreignLoad: Double) {
      self.value = value
      self.foreignLoad = foreignLoad
    }
  }

  private var rounds: [Round] = []

  package init() {}

  package mutating func append(_ round: Round) { rounds.append(round) }

  /// What the rounds came to: over the quiet ones if there are enough; `nil` before the first.
  package var measurement: MeasuredValue? {
    let quiet = rounds.filter { $0.foreignLoad < Self.quietLimit }
    let isQuiet = quiet.count >= Self.fewestQuiet
    let used = isQuiet ? quiet : rounds
    guard let spread = Spread(of: used.map(\.value)), let load = Spread(of: rounds.map(\.foreignLoad)) else {
      return nil
    }
    return MeasuredValue(
      spread: spread, rounds: rounds.count, quietRounds: quiet.count, isQuiet: isQuiet, foreignLoad: load.median)
  }
}

/// A measured number, and what it rests on.
package struct MeasuredValue: Hashable, Sendable, Codable {
  package let spread: Spread
  package let rounds: Int
  package let quietRounds: Int
  /// Whether `spread` is over the quiet rounds alone.
  package let isQuiet: Bool
  /// Median over all rounds, in processors.
  package let foreignLoad: Double

  package var median: Double { spread.median }
}
