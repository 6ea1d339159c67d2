package import Coordination

/// Who brings the members of a run to life, and sees them off.
package protocol Launcher: AnyObject {
  /// Starts `member`; `ended` is called once, from any thread, when it is over, with how it ended.
  func launch(_ member: Member, ended: @escaping @Sendable (String) -> Void) throws

  /// Waits up to `deadline` seconds for all to end by themselves, then ends them.
  func dismiss(within deadline: Double)
}

/// Somebody else starts the members; we only wait for them to join.
package final class ManualLauncher: Launcher {
  package init() {}
  package func launch(_ member: Member, ended: @escaping @Sendable (String) -> Void) {}
  package func dismiss(within deadline: Double) {}
}
