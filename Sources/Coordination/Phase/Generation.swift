/// One generation of the run: where it began and what its servers have reported.
struct Generation {
  /// Fences out messages of earlier starts, rewinds and resumes.
  let number: UInt64
  /// The version that the servers begin with.
  let firstVersion: Int
  /// Number of the orders in force; rises over all generations.
  var orders: Int
  /// By server rank: the version of the last report that was recorded.
  var reported: [Int: Int]
  private(set) var divergence: Divergence?

  /// The run before its first generation; `number` is the highest of an earlier coordinator.
  init(before number: UInt64) {
    (self.number, firstVersion, orders, reported) = (number, 0, 0, [:])
  }

  /// The generation that follows this one.
  func next(from version: Int, serverCount: Int) -> Generation {
    Generation(
      number: number + 1, firstVersion: version, orders: orders + 1,
      reported: Dictionary(uniqueKeysWithValues: (0..<serverCount).map { ($0, version) }))
  }

  private init(number: UInt64, firstVersion: Int, orders: Int, reported: [Int: Int]) {
    (self.number, self.firstVersion, self.orders, self.reported) = (number, firstVersion, orders, reported)
  }

  /// The steps with a non-finite value that servers have reported.
  struct Divergence {
    struct Report {
      let step: Int
      let rank: Int
      /// The parameter.
      let what: String
      /// The workers whose gradients alone were not finite.
      let senders: [Int]
    }

    let firstHeard: Double
    fileprivate(set) var reports: [Report]

    /// The report with the lowest step, then the lowest rank, which is network order.
    var first: Report? { reports.min { ($0.step, $0.rank) < ($1.step, $1.rank) } }
  }

  mutating func noteDivergence(_ report: Divergence.Report, now: Double) {
    divergence = divergence ?? Divergence(firstHeard: now, reports: [])
    divergence?.reports.append(report)
  }
}
