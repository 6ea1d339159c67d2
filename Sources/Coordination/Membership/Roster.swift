import Parameters

/// The members of the run: the connection, incarnation and progress of each.
package struct Roster<Peer: Hashable & Sendable>: Sendable {
  private let counts: [Member.Role: Int]
  private var states: [Member: MemberState<Peer>] = [:]
  private var members: [Peer: Member] = [:]

  package init(serverCount: Int, workerCount: Int) {
    counts = [.server: serverCount, .worker: workerCount]
  }

  package internal(set) subscript(member: Member) -> MemberState<Peer>? {
    get { states[member] }
    set { if newValue != nil, states[member] != nil { states[member] = newValue } }
  }

  package func member(at peer: Peer) -> Member? { members[peer] }

  /// The members that have joined, servers first.
  package var present: [Member] { states.keys.sorted() }

  package var peers: [Peer] { present.compactMap { states[$0]?.peer } }

  /// Every member that the run was planned with, servers first.
  package var planned: [Member] {
    Member.Role.allCases.flatMap { role in (0..<(counts[role] ?? 0)).map { Member(role, $0) } }
  }

  /// The members of a role that are ready, in order of rank.
  package func ready(_ role: Member.Role) -> [Member] {
    present.filter { $0.role == role && states[$0]?.isReady == true }
  }

  /// The workers whose gradients count, as servers know them.
  var contributors: [ServerOrders.Contributor] {
    ready(.worker).compactMap { worker in
      states[worker].map { ServerOrders.Contributor(rank: worker.rank, badge: $0.badge) }
    }
  }

  /// Gives `peer` the rank it asks for, or the lowest free one.
  ///
  /// - Parameters:
  ///   - isOpen: whether workers beyond the planned ones may join.
  ///   - reserved: ranks that a worker gets only if it asks for them.
  /// - Returns: the member, or why there is no such rank.
  mutating func admit(
    _ peer: Peer, as role: Member.Role, rank: Int?, incarnation: UInt64, badge: UInt64, host: String,
    isOpen: Bool, reserved: Set<Member>, now: Double
  ) -> Result<Member, Refusal> {
    let count = counts[role] ?? 0
    if let member = members[peer] {
      return member.role == role ? .success(member) : .failure(Refusal("this connection already belongs to \(member)"))
    }
    if let rank, states[Member(role, rank)] != nil {
      return .failure(Refusal("\(role.rawValue) \(rank) has already joined"))
    }
    let isElastic = isOpen && role == .worker
    if let rank, rank >= count, !isElastic {
      return .failure(Refusal("rank \(rank) is out of range: the run has \(Self.text(count, role))"))
    }
    let free = (0..<(isElastic ? count + states.count + 1 : count)).first { rank in
      let member = Member(role, rank)
      return states[member] == nil && !(isElastic && reserved.contains(member))
    }
    guard let chosen = rank ?? free else {
      return .failure(Refusal("every rank is taken: the run has \(Self.text(count, role))"))
    }
    let member = Member(role, chosen)
    members[peer] = member
    states[member] = MemberState(peer: peer, incarnation: incarnation, badge: badge, host: host, now: now)
    return .success(member)
  }

  private static func text(_ count: Int, _ role: Member.Role) -> String {
    "\(count) \(role.rawValue)\(count == 1 ? "" : "s")"
  }

  /// Removes the member; its rank is free again.
  mutating func remove(_ member: Member) {
    if let state = states.removeValue(forKey: member) { members[state.peer] = nil }
  }

  /// Takes the last `seconds` from every silence and wait for progress.
  mutating func excuse(_ seconds: Double, now: Double) {
    for (member, state) in states {
      states[member]?.lease.excuse(seconds, now: now)
      states[member]?.lastProgress = min(now, state.lastProgress + seconds)
    }
  }

  /// How `member` differs from another ready member; `nil` if it agrees with all.
  ///
  /// - Parameter toleratesArithmetic: whether workers may round differently.
  package func disagreement(of member: Member, toleratesArithmetic: Bool = false) -> String? {
    guard let mine = states[member]?.fingerprint else { return nil }
    for other in present where other != member {
      guard let theirs = states[other]?.fingerprint else { continue }
      let (first, second) = (min(member, other), max(member, other))
      let isPeer = member.role == other.role
      if mine.numbers != theirs.numbers || isPeer && !toleratesArithmetic && mine.probe != theirs.probe {
        return "\(first) and \(second) compute different numbers from the same input; "
          + "they need the same program on the same kind of processor, or one instruction set that both have"
      }
      if isPeer, mine.images != theirs.images {
        return "\(first) and \(second) read different images; dataset.path must hold the same files on every machine"
      }
    }
    return nil
  }

  /// Of the ready workers, which agree; where they need not, of all their ways to compute.
  package var workersFingerprint: Fingerprint? {
    let all = ready(.worker).sorted().compactMap { states[$0]?.fingerprint }
    return Fingerprint(ofAll: all)
  }

  /// Why a peer cannot join.
  package struct Refusal: Error, Hashable, Sendable {
    package let sentence: String
    init(_ sentence: String) { self.sentence = sentence }
  }
}
