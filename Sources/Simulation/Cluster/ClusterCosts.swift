/// What the parts of a cluster cost in time. `tare bench` measures all of it.
package struct ClusterCosts: Hashable, Sendable, Codable {
  /// Seconds of one thread for one microbatch, forward and backward.
  package var microbatchSeconds: Double
  /// Bytes that move in a second while one thread adds gradients: 12 for each element.
  package var sumBytesPerSecond: Double
  /// Bytes that move in a second while a server updates its weights: 20 for each element.
  package var updateBytesPerSecond: Double
  /// Seconds of a process for one message that it sends or takes in, tensors aside.
  package var messageSeconds: Double
  /// Bytes of tensors that a process's loop seals for other hosts or opens in a second.
  package var sealBytesPerSecond: Double
  /// Bytes that the sockets of one process move in a second to and from other hosts, in and out together.
  package var socketBytesPerSecond: Double
  /// As above, between processes of one host.
  package var localBytesPerSecond: Double

  package init(
    microbatchSeconds: Double, sumBytesPerSecond: Double = .infinity, updateBytesPerSecond: Double = .infinity,
    messageSeconds: Double = 0, sealBytesPerSecond: Double = .infinity, socketBytesPerSecond: Double = .infinity,
    localBytesPerSecond: Double = .infinity
  ) {
    self.microbatchSeconds = microbatchSeconds
    self.sumBytesPerSecond = sumBytesPerSecond
    self.updateBytesPerSecond = updateBytesPerSecond
    self.messageSeconds = messageSeconds
    self.sealBytesPerSecond = sealBytesPerSecond
    self.socketBytesPerSecond = socketBytesPerSecond
    self.localBytesPerSecond = localBytesPerSecond
  }

  /// Bytes that move for one element of float: two operands and a sum.
  static let sumBytes = 12.0
  /// Weights, gradient, momentum; new weights and momentum.
  static let updateBytes = 20.0
  /// A look at a gradient, whether it is finite.
  static let checkBytes = 4.0
  /// A shard that is copied to its place among the weights.
  static let copyBytes = 8.0
}
