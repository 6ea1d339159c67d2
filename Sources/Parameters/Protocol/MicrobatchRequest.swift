/// Worker → coordinator, in asynchronous runs: what became of microbatches, and how many it wants to have in hand.
///
/// Each says everything that no grant has acknowledged, so lost or repeated requests do no harm.
package struct MicrobatchRequest: Hashable, Sendable {
  /// Increases with every change within a generation.
  package var number: Int
  /// The most microbatches that the worker wants to have in hand.
  package var capacity: Int
  /// Microbatches that every server has.
  package var applied: [Int]
  /// Microbatches that some server has rejected.
  package var returned: [Int]

  package init(number: Int, capacity: Int, applied: [Int] = [], returned: [Int] = []) {
    self.number = number
    self.capacity = capacity
    self.applied = applied
    self.returned = returned
  }
}

/// Coordinator → worker: everything that the worker has in hand, as far as the coordinator knows.
package struct MicrobatchGrant: Hashable, Sendable {
  /// Of the last request that the coordinator has taken, which it acknowledges.
  package var number: Int
  /// In order.
  package var microbatches: [Int]

  package init(number: Int, microbatches: [Int]) {
    self.number = number
    self.microbatches = microbatches
  }
}
