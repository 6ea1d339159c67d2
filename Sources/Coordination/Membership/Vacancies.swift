/// The planned members that are missing: when a process is launched for each, and how often each was lost.
struct Vacancies {
  private enum Launch {
    case due(at: Double)
    /// The process was launched and has not joined yet.
    case underway(incarnation: UInt64)
  }

  private var launches: [Member: Launch]
  /// Losses of each member since the last milestone, or of a worker since it proved itself.
  private var losses: [Member: Int] = [:]
  private var lastIncarnation: UInt64 = 0

  init(_ members: [Member], now: Double) {
    launches = Dictionary(uniqueKeysWithValues: members.map { ($0, .due(at: now)) })
  }

  var members: Set<Member> { Set(launches.keys) }

  /// Whether this process was launched for the vacant rank of `member`.
  func awaits(_ member: Member, incarnation: UInt64) -> Bool {
    if case .underway(incarnation)? = launches[member] { true } else { false }
  }

  func isOpen(_ member: Member) -> Bool { launches[member] != nil }

  mutating func fill(_ member: Member) { launches[member] = nil }

  /// The member is there after all: its last loss was none.
  mutating func withdraw(_ member: Member) {
    guard launches.removeValue(forKey: member) != nil, let count = losses[member] else { return }
    losses[member] = count > 1 ? count - 1 : nil
  }

  /// Forgives the earlier losses of one member.
  mutating func forgive(_ member: Member) { losses[member] = nil }

  mutating func forgiveAll() { losses.removeAll() }

  /// Notes a loss and schedules a launch, which is delayed further with each loss.
  ///
  /// - Parameters:
  ///   - delay: seconds until the launch, at least.
  ///   - limit: the number of losses that are tolerated.
  /// - Returns: the number of losses, if it exceeds the limit.
  mutating func open(_ member: Member, delay: Double, limit: Int, now: Double) -> Int? {
    let count = losses[member, default: 0] + 1
    losses[member] = count
    guard count <= limit else { return count }
    let delay = count == 1 ? delay : max(delay, Deadlines.relaunch * Double(1 << (count - 2)))
    launches[member] = .due(at: now + delay)
    return nil
  }

  /// - Parameter isUrgent: whether a worker that was not lost twice is launched at once, since no other is left.
  mutating func launchDue(now: Double, isUrgent: Bool) -> [(member: Member, incarnation: UInt64)] {
    launches.keys.sorted().compactMap { member in
      guard case .due(let time)? = launches[member] else { return nil }
      guard time <= now || isUrgent && member.role == .worker && losses[member, default: 0] <= 1 else { return nil }
      lastIncarnation += 1
      launches[member] = .underway(incarnation: lastIncarnation)
      return (member, lastIncarnation)
    }
  }
}
