/// Who takes part in the run: over which connection, in which life, and how far each has come.
package struct Roster<Peer: Hashable & Sendable>: Sendable {
  private let counts: [Member.Role: Int]
  private var seats: [Member: MemberState<Peer>] = [:]
  private var members: [Peer: Member] = [:]

  package init(serverCount: Int, workerCount: Int) {
    counts = [.server: serverCount, .worker: workerCount]
  }

  package internal(set) subscript(member: Member) -> MemberState<Peer>? {
    get { seats[member] }
    set { if newValue != nil, seats[member] != nil { seats[member] = newValue } }
  }

  package func member(at peer: Peer) -> Member? { members[peer] }

  /// Everybody who is there, servers first.
  package var present: [Member] { seats.keys.sorted() }

  package var peers: [Peer] { present.compactMap { seats[$0]?.peer } }

  /// Every member that the run was planned with, servers first.
  package var planned: [Member] {
    Member.Role.allCases.flatMap { role in (0..<(counts[role] ?? 0)).map { Member(role, $0) } }
  }

  /// Those that are there and ready, in order of rank.
  package func ready(_ role: Member.Role) -> [Member] {
    present.filter { $0.role == role && seats[$0]?.isReady == true }
  }

  /// Gives `peer` the rank it asks for, or the lowest free one.
  ///
  /// - Parameters:
  ///   - isOpen: whether workers beyond those planned may come.
  ///   - reserved: places that a worker gets only if it asks for them.
  /// - Returns: the refusal's sentence if there is no such place.
  mutating func seat(
    _ peer: Peer, as role: Member.Role, rank: Int?, incarnation: UInt64, isOpen: Bool,
    reserved: Set<Member>, now: Double
  ) -> Result<Member, Refusal> {
    let count = counts[role] ?? 0
    if let member = members[peer] {
      return member.role == role ? .success(member) : .failure(Refusal("this connection belongs to \(member)"))
    }
    if let rank, seats[Member(role, rank)] != nil {
      return .failure(Refusal("\(role.rawValue) \(rank) has joined already"))
    }
    let isElastic = isOpen && role == .worker
    if let rank, rank >= count, !isElastic {
      return .failure(Refusal("rank \(rank) is not below the run's \(count) \(role.rawValue)s"))
    }
    let free = (0..<(isElastic ? count + seats.count + 1 : count)).first { rank in
      let place = Member(role, rank)
      return seats[place] == nil && !(isElastic && reserved.contains(place))
    }
    guard let chosen = rank ?? free else {
      return .failure(Refusal("all \(count) \(role.rawValue)s of this run have joined"))
    }
    let member = Member(role, chosen)
    members[peer] = member
    seats[member] = MemberState(peer: peer, incarnation: incarnation, now: now)
    return .success(member)
  }

  /// Takes the member's place away.
  mutating func remove(_ member: Member) {
    if let seat = seats.removeValue(forKey: member) { members[seat.peer] = nil }
  }

  /// Silence up to now counts no more.
  mutating func restartLeases(now: Double) {
    for member in seats.keys {
      seats[member]?.lease.restart(now: now)
      seats[member]?.lastProgress = now
    }
  }

  /// Why `member` does not fit to those that are ready; `nil` if it does.
  package func disagreement(of member: Member) -> String? {
    guard let mine = seats[member]?.fingerprint else { return nil }
    for other in present where other != member {
      guard let theirs = seats[other]?.fingerprint else { continue }
      let (first, second) = (min(member, other), max(member, other))
      let isPeer = member.role == other.role
      if mine.numbers != theirs.numbers || isPeer && mine.probe != theirs.probe {
        return "\(first) and \(second) compute different numbers from the same input; "
          + "they need the same program on the same kind of processor (or one --isa that both have)"
      }
      if isPeer, mine.images != theirs.images {
        return "\(first) and \(second) read different images; dataset.path must hold the same files on every machine"
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
