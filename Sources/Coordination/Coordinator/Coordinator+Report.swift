extension Coordinator.News {
  /// What a server's report of one logging window means to the coordinator.
  ///
  /// - Parameters:
  ///   - version: of the weights that the window ends with.
  ///   - nonFinite: the first parameter whose gradient was not finite; `nil` if all were.
  ///   - senders: the workers whose gradients were not finite, unless those of all were not.
  package static func report(
    generation: UInt64, version: Int, nonFinite: String?, senders: [Int] = []
  ) -> Self {
    guard let nonFinite else { return .reported(generation: generation, version: version) }
    return .diverged(generation: generation, step: version, what: nonFinite, senders: senders)
  }
}
