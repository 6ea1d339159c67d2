package import Coordination
package import Parameters
package import Records

/// Who is told how a run goes, from the coordinator's thread.
package protocol RunObserver: AnyObject {
  /// Something is allowed and probably not meant.
  func warned(_ text: String)
  /// People have to start the members; the lines say how.
  func waits(for instructions: [String])
  /// The coordinator listens: the run can begin.
  func opened()
  func joined(_ member: Member)
  func started()
  /// What a logging window has measured of the layers; `logged` follows.
  func measured(_ layers: [RunResult.Layer])
  /// A logging window is complete.
  func logged(version: Int, loss: Double?)
  func evaluated(version: Int, _ tally: Tally)
  /// Somebody was lost or came back, or a checkpoint failed.
  func happened(_ incident: RunEvent)
  func ended()
}

/// Most observers want to know of a few things only.
extension RunObserver {
  package func warned(_ text: String) {}
  package func waits(for instructions: [String]) {}
  package func opened() {}
  package func joined(_ member: Member) {}
  package func started() {}
  package func measured(_ layers: [RunResult.Layer]) {}
  package func logged(version: Int, loss: Double?) {}
  package func evaluated(version: Int, _ tally: Tally) {}
  package func happened(_ incident: RunEvent) {}
  package func ended() {}
}
