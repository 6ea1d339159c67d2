/// Who has joined the run, over which connection, and how far each has come.
package struct Roster<Peer: Hashable & Sendable>: Sendable {
  /// One member's place at the table.
  package struct Seat: Sendable {
    package let peer: Peer
    /// Where workers reach a server; empty for workers.
    package var endpoint = ""
    package var fingerprint: Fingerprint?
    /// When anything last came from it, in the observer's seconds.
    package var lastHeard: Double
    /// Rises as the member gets on with its work.
    package var progress = 0
  }

  private let counts: [Member.Role: Int]
  private var seats: [Member: Seat] = [:]
  private var members: [Peer: Member] = [:]

  package init(serverCount: Int, workerCount: Int) {
    counts = [.server: serverCount, .worker: workerCount]
  }

  package subscript(member: Member) -> Seat? { seats[member] }

  package func member(at peer: Peer) -> Member? { members[peer] }

  package var peers: [Peer] { all.compactMap { seats[$0]?.peer } }

  /// Every member that the run needs, servers first.
  package var all: [Member] {
    Member.Role.allCases.flatMap { role in (0..<(counts[role] ?? 0)).map { Member(role, $0) } }
  }

  package var absent: [Member] { all.filter { seats[$0] == nil } }

  package var notReady: [Member] { all.filter { seats[$0]?.fingerprint == nil } }

  /// Gives `peer` the rank it asks for, or the lowest free one.
  ///
  /// - Returns: the refusal's sentence if there is no such place.
  package mutating func seat(_ peer: Peer, as role: Member.Role, rank: Int?, now: Double) -> Result<Member, Refusal> {
    let count = counts[role] ?? 0
    if let member = members[peer] {
      return member.role == role ? .success(member) : .failure(Refusal("this connection belongs to \(member)"))
    }
    let free = (0..<count).filter { seats[Member(role, $0)] == nil }
    guard let chosen = rank.map({ wanted in free.first { $0 == wanted } }) ?? free.first else {
      guard let rank else { return .failure(Refusal("all \(count) \(role.rawValue)s of this run have joined")) }
      let taken = (0..<count).contains(rank)
      return .failure(
        Refusal(
          taken
            ? "\(role.rawValue) \(rank) has joined already"
            : "rank \(rank) is not below the run's \(count) \(role.rawValue)s"))
    }
    let member = Member(role, chosen)
    members[peer] = member
    seats[member] = Seat(peer: peer, lastHeard: now)
    return .success(member)
  }

  package mutating func setReady(_ member: Member, endpoint: String, fingerprint: Fingerprint) {
    seats[member]?.endpoint = endpoint
    seats[member]?.fingerprint = fingerprint
  }

  package mutating func heard(from member: Member, now: Double) { seats[member]?.lastHeard = now }

  /// - Returns: whether the member has got on since it last said so.
  package mutating func noteProgress(_ progress: Int, of member: Member) -> Bool {
    guard let before = seats[member]?.progress, progress > before else { return false }
    seats[member]?.progress = progress
    return true
  }

  /// Members that have been silent for longer than `deadline` seconds.
  package func silent(for deadline: Double, now: Double) -> [Member] {
    seats.filter { now - $0.value.lastHeard > deadline }.keys.sorted()
  }

  /// The first two members that do not fit together, and why.
  package var disagreement: String? {
    for (index, member) in all.enumerated() {
      guard let mine = seats[member]?.fingerprint else { continue }
      for other in all[..<index] {
        guard let theirs = seats[other]?.fingerprint else { continue }
        let isPeer = member.role == other.role
        if mine.numbers != theirs.numbers || isPeer && mine.probe != theirs.probe {
          return "\(other) and \(member) compute different numbers from the same input; "
            + "they need the same program on the same kind of processor (or one --isa that both have)"
        }
        if isPeer, mine.images != theirs.images {
          return "\(other) and \(member) read different images; dataset.path must hold the same files on every machine"
        }
      }
    }
    return nil
  }

  /// Why a peer can't have a place.
  package struct Refusal: Error, Hashable, Sendable {
    package let sentence: String
    init(_ sentence: String) { self.sentence = sentence }
  }
}
