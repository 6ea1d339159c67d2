import Parameters

/// How the microbatches of an asynchronous run are handed out.
extension Coordinator {
  mutating func handOut(_ request: MicrobatchRequest, to worker: Member) -> [Effect] {
    changeQueue { $0.take(request, of: worker) }
  }

  /// Hands out what leads to the milestone.
  mutating func openQueue() -> [Effect] {
    guard case .training(let training) = phase else { return [] }
    return changeQueue { $0.open(to: training.milestone.version) }
  }

  /// Takes back what a worker that was lost or drained has in hand.
  mutating func takeBack(from worker: Member) -> [Effect] { changeQueue { $0.release(worker) } }

  /// - Parameter change: returns the workers to tell what they have in hand.
  private mutating func changeQueue(_ change: (inout MicrobatchQueue) -> [Member]) -> [Effect] {
    guard case .training(var training) = phase, var queue = training.queue else { return [] }
    // No second reference, or each change would copy what the workers have in hand.
    training.queue = nil
    phase = .training(training)
    let workers = change(&queue)
    training.queue = queue
    phase = .training(training)
    return workers.compactMap { worker in
      guard let peer = roster[worker]?.peer, let grant = queue.grant(for: worker) else { return nil }
      return .grant(peer, generation: generation, grant)
    }
  }
}
