package import Parameters

/// The coordinator's account of an asynchronous run's microbatches: which are still to be handed out, and who has which in
/// hand.
///
/// Up to a milestone only those are handed out that its version is made of. So all servers have made the same microbatches into
/// steps there, and a generation that begins at it begins with the one that follows.
package struct MicrobatchQueue {
  private let asynchrony: Asynchrony
  /// The lowest that has not been handed out yet.
  private var next: Int
  /// Handed out before, and not applied by every server.
  private var returned: Set<Int> = []
  private var hands: [Member: Hand] = [:]
  /// Below which microbatches may be handed out.
  private var limit = 0
  /// How many times a microbatch came back, since this value was made: rejected, or with a worker that was lost.
  private(set) var returns = 0

  private struct Hand {
    /// Of the worker's last request.
    var number = 0
    var capacity = 0
    var microbatches: Set<Int> = []
  }

  /// - Parameter version: that training begins with.
  package init(_ asynchrony: Asynchrony, after version: Int) {
    self.asynchrony = asynchrony
    next = version * asynchrony.microbatchesPerStep
  }

  /// The lowest version that is made of all microbatches that were handed out so far.
  package var reachedVersion: Int {
    let count = asynchrony.microbatchesPerStep
    return (next + count - 1) / count
  }

  /// How many microbatches the worker has in hand.
  package func count(of worker: Member) -> Int { hands[worker]?.microbatches.count ?? 0 }

  /// Hands out microbatches up to those that `version` is made of.
  ///
  /// - Returns: the workers that have more now.
  package mutating func open(to version: Int) -> [Member] {
    limit = version * asynchrony.microbatchesPerStep
    return fill(hands.keys.sorted())
  }

  /// Takes back what the worker has in hand: it is lost.
  ///
  /// - Returns: the workers that have more now.
  package mutating func release(_ worker: Member) -> [Member] {
    guard let hand = hands.removeValue(forKey: worker) else { return [] }
    takeBack(hand.microbatches)
    return fill(hands.keys.sorted())
  }

  /// - Returns: the workers to tell what they have in hand: this one, and those that have more now; none for a request that is
  ///   older than the worker's last one.
  package mutating func take(_ request: MicrobatchRequest, of worker: Member) -> [Member] {
    var hand = hands[worker] ?? Hand()
    guard request.number >= hand.number else { return [] }
    if request.number > hand.number {
      (hand.number, hand.capacity) = (request.number, request.capacity)
      hand.microbatches.subtract(request.applied)
      let back = hand.microbatches.intersection(request.returned)
      hand.microbatches.subtract(back)
      takeBack(back)
    }
    hands[worker] = hand
    let others = hands.keys.filter { $0 != worker }.sorted()
    return [worker] + fill([worker] + others).filter { $0 != worker }
  }

  /// What the worker is told.
  package func grant(for worker: Member) -> MicrobatchGrant? {
    hands[worker].map { MicrobatchGrant(number: $0.number, microbatches: $0.microbatches.sorted()) }
  }

  private mutating func takeBack(_ microbatches: Set<Int>) {
    returned.formUnion(microbatches)
    returns += microbatches.count
  }

  /// Hands out what may be handed out, one to each worker in turn.
  private mutating func fill(_ workers: [Member]) -> [Member] {
    var inHand = hands.values.reduce(0) { $0 + $1.microbatches.count }
    var filled: Set<Member> = []
    var hungry = workers
    while !hungry.isEmpty {
      hungry.removeAll { worker in hands[worker].map { $0.microbatches.count >= $0.capacity } ?? true }
      for worker in hungry {
        guard asynchrony.window.map({ inHand < $0 }) ?? true, let microbatch = draw() else {
          return workers.filter(filled.contains)
        }
        hands[worker]?.microbatches.insert(microbatch)
        filled.insert(worker)
        inHand += 1
      }
    }
    return workers.filter(filled.contains)
  }

  /// The lowest microbatch that nobody has.
  private mutating func draw() -> Int? {
    if let first = returned.min() { return returned.remove(first) }
    guard next < limit else { return nil }
    defer { next += 1 }
    return next
  }
}
