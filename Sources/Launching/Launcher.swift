package import Coordination

/// Starts and ends the members of a run.
package protocol Launcher: AnyObject {
  /// Starts an incarnation of `member`, after ending an earlier one that is still running. `ended` is called once, from
  /// any thread, when the incarnation has ended, with how it ended.
  func launch(_ member: Member, incarnation: UInt64, ended: @escaping @Sendable (String) -> Void) throws

  /// Immediately ends what was started for `member`, for a member that no longer responds.
  func end(_ member: Member)

  /// Waits up to `deadline` seconds for all members to end on their own, then ends them.
  func dismiss(within deadline: Double)
}

/// For members that are started externally; the run only waits for them to join.
package final class ManualLauncher: Launcher {
  private let relaunch: (Member) -> Void

  /// - Parameter relaunch: called for each member that has to be started again.
  package init(relaunch: @escaping (Member) -> Void) { self.relaunch = relaunch }

  private var launched: Set<Member> = []

  package func launch(_ member: Member, incarnation: UInt64, ended: @escaping @Sendable (String) -> Void) {
    // How to start the members for the first time has already been printed for all of them.
    if !launched.insert(member).inserted { relaunch(member) }
  }

  package func end(_ member: Member) {}
  package func dismiss(within deadline: Double) {}
}
