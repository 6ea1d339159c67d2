/// How often the log says one kind of thing: strangers must not fill the disk, and one kind hides no other.
struct LogAllowance {
  private var left = 20

  /// Whether it may be said once more.
  mutating func take() -> Bool {
    guard left > 0 else { return false }
    left -= 1
    return true
  }
}
