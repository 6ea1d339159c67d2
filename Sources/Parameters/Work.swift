/// What a thread of a worker or server spends its time on.
package enum Work: String, Hashable, Sendable, Codable, CaseIterable {
  /// Layers, forward and backward, and the loss.
  case compute
  /// Images into a microbatch, and changes of layout.
  case copy
  /// Messages: encoding, sending, receiving, decoding, and what the protocol decides.
  case wire
  /// Gradients, along the tree.
  case sum
  /// Of the weights, with the metrics.
  case update
  /// For others, asleep.
  case wait
}
