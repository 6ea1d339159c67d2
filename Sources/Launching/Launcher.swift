package import Coordination

/// Who brings the members of a run to life, and sees them off.
package protocol Launcher: AnyObject {
  /// Starts a life of `member`, after ending an earlier one that is left; `ended` is called once, from any thread, when it
  /// is over, with how it ended.
  func launch(_ member: Member, incarnation: UInt64, ended: @escaping @Sendable (String) -> Void) throws

  /// Ends what was started for `member` at once: it does not listen.
  func end(_ member: Member)

  /// Waits up to `deadline` seconds for all to end by themselves, then ends them.
  func dismiss(within deadline: Double)
}

/// Somebody else starts the members; we only wait for them to join.
package final class ManualLauncher: Launcher {
  private let relaunch: (Member) -> Void

  /// - Parameter relaunch: told of a member that has to be started again.
  package init(relaunch: @escaping (Member) -> Void) { self.relaunch = relaunch }

  private var launched: Set<Member> = []

  package func launch(_ member: Member, incarnation: UInt64, ended: @escaping @Sendable (String) -> Void) {
    // How to start each the first time has been said for all together.
    if !launched.insert(member).inserted { relaunch(member) }
  }

  package func end(_ member: Member) {}
  package func dismiss(within deadline: Double) {}
}
