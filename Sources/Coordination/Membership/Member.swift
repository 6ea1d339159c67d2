/// A server or worker of the run, by its rank; its description is its name in messages.
package struct Member: Hashable, Sendable, Comparable, Codable, CustomStringConvertible {
  package enum Role: String, Hashable, Sendable, Codable, CaseIterable { case server, worker }

  package let role: Role
  package let rank: Int

  package init(_ role: Role, _ rank: Int) {
    self.role = role
    self.rank = rank
  }

  package var description: String { "\(role.rawValue) \(rank)" }

  package static func < (a: Member, b: Member) -> Bool { (a.role.rawValue, a.rank) < (b.role.rawValue, b.rank) }
}

/// Hashes of a member's arithmetic and data on fixed samples, which must be equal on all members.
package struct Fingerprint: Hashable, Sendable {
  /// Of initial weights, the permutation and the schedule; every role computes it.
  package let numbers: String
  /// Of one microbatch forward and backward on fixed numbers; workers compute it.
  package let probe: String
  /// Of the images that a worker read: their labels and standardization.
  package let images: String
  /// What a worker computes the probe with, such as "oneDNN 2.6.3, avx2"; says more about a probe that differs.
  package let library: String

  package init(numbers: String, probe: String = "", images: String = "", library: String = "") {
    self.numbers = numbers
    self.probe = probe
    self.images = images
    self.library = library
  }

  /// Of members that agree but for their probes, all of which it names; `nil` of none.
  package init?(ofAll fingerprints: [Fingerprint]) {
    guard let first = fingerprints.first else { return nil }
    let probes = Set(fingerprints.map(\.probe)).sorted()
    let libraries = Set(fingerprints.map(\.library)).sorted()
    self.init(
      numbers: first.numbers, probe: probes.joined(separator: Self.and), images: first.images,
      library: libraries.joined(separator: " and "))
  }

  /// Whether its members round differently.
  package var isMixed: Bool { probe.contains(Self.and) }
  private static let and = "+"

  /// `numbers/probe/images/library`, as it is sent.
  package var text: String { "\(numbers)/\(probe)/\(images)/\(library)" }

  package init(text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init) + ["", "", "", ""]
    self.init(numbers: parts[0], probe: parts[1], images: parts[2], library: parts[3])
  }
}
