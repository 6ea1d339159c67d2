/// A signal's way to the end of the run: the servers are held where they are, then the highest of their versions is stored.
struct Interruption: Hashable, Sendable {
  let signal: Int32
  /// When the run ends without having stored anything.
  let deadline: Double
  /// Whether the coordinator waits for every server to acknowledge that it is held.
  var isHolding = true

  var ending: RunEnding { .interrupted(by: signal) }
}
