import Terminal

/// What a drill has found, round by round.
struct DrillResult: Encodable, Sendable {
  struct Round: Encodable, Sendable {
    let round: Int
    let member: String
    let fault: String
    /// After the start.
    let seconds: Double
    let effect: String
    let recoveredAfter: String
    let bitsEqual: Bool
  }

  var rounds: [Round] = []

  /// The rounds that did not end with the bits and metrics of the fault-free run.
  var unequal: [Int] { rounds.filter { !$0.bitsEqual }.map(\.round) }

  var lines: [String] {
    var table = TextTable(
      header: ["ROUND", "MEMBER", "FAULT", "TIME", "EFFECT", "RECOVERED AFTER", "BITS EQUAL"], of: .words)
    for round in rounds {
      table.append([
        "\(round.round)", round.member, round.fault, "\(Numbers.short(round.seconds)) s", round.effect,
        round.recoveredAfter, round.bitsEqual ? "yes" : "NO",
      ])
    }
    return table.lines
  }
}
