/// Which versions are on the disk, and which are being written.
struct CheckpointLedger {
  /// Versions on the disk, ascending.
  private(set) var committed: [Int]
  private var pending: Set<Int> = []
  private var failuresInARow = 0

  init(committed: [Int]) { self.committed = committed }

  /// The version that a new generation begins with.
  var latest: Int? { committed.last }
  var isWriting: Bool { !pending.isEmpty }
  /// Whether no other state may be on its way to the disk.
  var isFull: Bool { pending.count >= Limits.checkpointsInFlight }

  func contains(_ version: Int) -> Bool { committed.contains(version) }
  func isWriting(_ version: Int) -> Bool { pending.contains(version) }

  mutating func begin(_ version: Int) { pending.insert(version) }

  mutating func stored(_ version: Int) {
    pending.remove(version)
    failuresInARow = 0
    if !contains(version) { committed = (committed + [version]).sorted() }
  }

  /// - Returns: whether another failure is tolerable.
  mutating func failed(_ version: Int) -> Bool {
    pending.remove(version)
    failuresInARow += 1
    return failuresInARow < Limits.failedCheckpoints
  }

  /// Forgets a version that can't be read.
  mutating func discard(_ version: Int) { committed.removeAll { $0 == version } }
}
