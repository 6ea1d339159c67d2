import Failures
package import Parameters

/// The hosts of a run as a table for people, and what may be wrong with them.
package struct HostSurvey: Hashable, Sendable {
  package struct Row: Hashable, Sendable {
    package let facts: HostFacts
    package let processes: [HostedProcess]
    /// `nil` until it is measured.
    package let link: HostLink?

    package init(facts: HostFacts, processes: [HostedProcess], link: HostLink?) {
      (self.facts, self.processes, self.link) = (facts, processes, link)
    }
  }

  package let rows: [Row]

  package init(_ rows: [Row]) { self.rows = rows }

  package static let header = [
    "HOST", "ADDRESS", "RUNS", "SLOTS", "PROCESSORS", "ISA", "TARE", "ROUND TRIP", "BANDWIDTH",
  ]

  /// A cell for each column of `header`.
  package var cells: [[String]] {
    rows.map { row in
      [
        row.facts.name, row.facts.address, Self.roles(row.processes), "\(row.facts.slots)", "\(row.facts.cores)",
        row.facts.isa, row.facts.version, row.link.map { Self.milliseconds($0.roundTrip) } ?? "-",
        row.link.map { Self.bandwidth($0.bandwidth) } ?? "-",
      ]
    }
  }

  /// Sentences about what makes a run slow, or fail later.
  package var warnings: [String] {
    var warnings: [String] = []
    let sets = Set(rows.map(\.facts.isa)).sorted()
    if sets.count > 1 {
      let hosts = rows.map { "\($0.facts.name) \($0.facts.isa)" }.joined(separator: ", ")
      warnings.append(
        "the hosts have unlike instruction sets (\(hosts)); the run uses \(sets[0]) where isa asks for no other")
    }
    for row in rows where row.facts.slots > row.facts.cores {
      warnings.append(
        "host \(row.facts.name) offers \(counted(row.facts.slots, "slot")) on "
          + "\(counted(row.facts.cores, "processor")); workers will wait for each other")
    }
    for row in rows {
      if let skew = row.link?.clockSkew, abs(skew) > Self.largestSkew {
        warnings.append(
          "the clock of host \(row.facts.name) is \(Self.seconds(abs(skew))) \(skew > 0 ? "ahead" : "behind"); its log "
            + "lines carry wrong times, and nothing else depends on it")
      }
    }
    if let fastest = rows.compactMap(\.link?.bandwidth).max() {
      for row in rows {
        guard let own = row.link?.bandwidth, own < fastest / Self.slowness else { continue }
        warnings.append(
          "the link to host \(row.facts.name) has \(Self.bandwidth(own)), the fastest \(Self.bandwidth(fastest)); each step "
            + "waits for the slowest")
      }
    }
    let isSpread = Set(rows.map(\.facts.address)).count > 1
    for row in rows where isSpread && Loopback.contains(row.facts.address) {
      warnings.append(
        "host \(row.facts.name) joined over loopback (\(row.facts.address)), where no other host can reach its servers; "
          + "join over an address that all hosts know")
    }
    return warnings
  }

  /// Seconds of difference between clocks from which it is worth a warning.
  private static let largestSkew = 1.0
  /// How many times slower than the fastest link another one is when it is worth a warning.
  private static let slowness = 3.0

  /// Such as "server 0, workers 0–2".
  private static func roles(_ processes: [HostedProcess]) -> String {
    let groups = HostedProcess.Role.allCases.compactMap { role -> String? in
      let ranks = processes.filter { $0.role == role }.map(\.rank).sorted()
      guard let first = ranks.first, let last = ranks.last else { return nil }
      guard ranks.count > 1 else { return "\(role.rawValue) \(first)" }
      let isRange = last - first == ranks.count - 1
      return "\(role.rawValue)s " + (isRange ? "\(first)–\(last)" : ranks.map(String.init).joined(separator: " "))
    }
    return groups.isEmpty ? "nothing" : groups.joined(separator: ", ")
  }

  private static func milliseconds(_ seconds: Double) -> String { "\((seconds * 1e5).rounded() / 100) ms" }

  private static func seconds(_ seconds: Double) -> String {
    seconds < 100 ? "\((seconds * 10).rounded() / 10) s" : "\(Int(seconds.rounded())) s"
  }

  private static func bandwidth(_ bytes: Double) -> String { "\(Int((bytes / 1e6).rounded())) MB/s" }
}
