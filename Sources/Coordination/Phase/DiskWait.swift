/// How long the run has waited for checkpoints to be written, and when it says so.
struct DiskWait {
  private var total = 0.0
  private var lastLook: Double?
  private var nextNotice = Deadlines.diskNotice

  /// - Parameter isWaiting: whether nothing but the disk holds the run up now.
  /// - Returns: the total in seconds, where it has doubled since the last notice.
  mutating func look(isWaiting: Bool, now: Double) -> Double? {
    guard isWaiting else {
      lastLook = nil
      return nil
    }
    total += now - (lastLook ?? now)
    lastLook = now
    guard total >= nextNotice else { return nil }
    while nextNotice <= total { nextNotice *= 2 }
    return total
  }
}
