/// A place that nobody holds, and when somebody is started for it.
struct Vacancy: Hashable, Sendable {
  /// When to start a process for it; `nil` while one is on its way.
  var launchAt: Double?
  /// The life that was started for it.
  var incarnation: UInt64?
}
