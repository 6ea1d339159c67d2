package import Coordination
package import Parameters

/// Who is told how a run goes, from the coordinator's thread.
package protocol RunObserver: AnyObject {
  /// The coordinator listens: the run can begin.
  func opened()
  func joined(_ member: Member)
  func started()
  /// A logging window is complete.
  func logged(version: Int, loss: Double?)
  func evaluated(version: Int, _ tally: Tally)
  func ended()
}

extension RunObserver {
  package func opened() {}
}
