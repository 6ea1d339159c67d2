import Parameters

/// A worker's microbatches of an asynchronous run: handed out by the coordinator, computed, and told to be done.
struct MicrobatchHand {
  /// The most that it wants to have.
  let capacity: Int
  /// Handed out and not begun, the oldest first.
  private(set) var waiting: [Int] = []
  private var begun: Set<Int> = []
  /// What the coordinator has not acknowledged, with the number of the first request that said so.
  private var settled: [(microbatch: Int, isApplied: Bool, request: Int)] = []
  private var number = 0
  private var acknowledged = 0

  init(capacity: Int) { self.capacity = capacity }

  var isEmpty: Bool { waiting.isEmpty && begun.isEmpty }

  /// - Returns: `false` for a grant that is older than the last one.
  mutating func take(_ grant: MicrobatchGrant) -> Bool {
    guard grant.number >= acknowledged else { return false }
    acknowledged = grant.number
    settled.removeAll { $0.request <= grant.number }
    let held = Set(waiting).union(begun).union(settled.map(\.microbatch))
    waiting = (waiting + grant.microbatches.filter { !held.contains($0) }).sorted()
    return true
  }

  mutating func begin() -> Int? {
    guard !waiting.isEmpty else { return nil }
    let microbatch = waiting.removeFirst()
    begun.insert(microbatch)
    return microbatch
  }

  /// - Parameter isApplied: whether every server has it.
  mutating func settle(_ microbatch: Int, isApplied: Bool) {
    begun.remove(microbatch)
    settled.append((microbatch, isApplied, number + 1))
  }

  /// What the coordinator is told now. Something new gives it another number.
  mutating func request() -> MicrobatchRequest {
    number = max(number, settled.last?.request ?? 1)
    return MicrobatchRequest(
      number: number, capacity: capacity, applied: settled.filter(\.isApplied).map(\.microbatch),
      returned: settled.filter { !$0.isApplied }.map(\.microbatch))
  }
}
