package import Coordination
package import Parameters
package import Records

/// Observes a run; called on the coordinator's thread.
package protocol RunObserver: AnyObject {
  /// A setting is valid but probably a mistake.
  func warned(_ text: String)
  /// Members have to be started by hand; the lines say how.
  func waits(for instructions: [String])
  /// The coordinator listens: the run can begin.
  func opened()
  func joined(_ member: Member)
  /// The run has its servers and workers on these hosts.
  func placed(on hosts: HostSurvey)
  func started(after version: Int)
  /// The records have these rows more.
  func recorded(_ rows: [MetricRow])
  /// Comes several times a second.
  func stands(_ standing: RunStanding)
  /// The layers' measurements of a logging window; `logged` follows.
  func measured(_ layers: [RunResult.Layer])
  /// A logging window is complete.
  func logged(version: Int, loss: Double?)
  func evaluated(version: Int, _ tally: Tally)
  /// A member failed or rejoined, or a checkpoint failed.
  func happened(_ event: RunEvent)
  func ended()
}

/// Every notification is optional.
extension RunObserver {
  package func warned(_ text: String) {}
  package func waits(for instructions: [String]) {}
  package func opened() {}
  package func joined(_ member: Member) {}
  package func placed(on hosts: HostSurvey) {}
  package func started(after version: Int) {}
  package func recorded(_ rows: [MetricRow]) {}
  package func stands(_ standing: RunStanding) {}
  package func measured(_ layers: [RunResult.Layer]) {}
  package func logged(version: Int, loss: Double?) {}
  package func evaluated(version: Int, _ tally: Tally) {}
  package func happened(_ event: RunEvent) {}
  package func ended() {}
}
