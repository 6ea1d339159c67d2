/// How a process on a host has ended.
package enum HostedEnding: Hashable, Sendable {
  case ended(String)
  /// It never began, and another try would be in vain.
  case noRoom(String)
}
